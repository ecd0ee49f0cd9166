-- One row per figure of a day that a till itself reports: all its day, or what a register took from
-- its opening to its closing, which stands on the business day of the opening.
with totals as (
    {{ union_sources('day_totals', [
        'account_id', 'location_id', 'register_id', 'business_date', 'covers_from', 'covers_until',
        'read_at', 'measure', 'tender_name', 'amount'
    ]) }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

tenders as (
    {{ tender_types() }}
),

placed as (
    select
        totals.account_id,
        locations.location_key,
        totals.register_id,
        coalesce(
            totals.business_date,
            {{ business_date(
                'totals.covers_from', 'locations.time_zone', 'accounts.day_cutoff_minutes'
            ) }}
        ) as business_date,
        totals.covers_from,
        totals.covers_until,
        totals.read_at,
        case
            when totals.measure = 'tender'
                then 'tender_' || coalesce(tenders.tender_type, 'other')
            else totals.measure
        end as measure,
        totals.amount
    from totals
    inner join accounts on totals.account_id = accounts.account_id
    inner join locations
        on totals.account_id = locations.account_id and totals.location_id = locations.location_id
    left join tenders on lower(totals.tender_name) = tenders.tender_name
),

conformed as (
    select
        cast(account_id as varchar) as account_id,
        cast(location_key as varchar) as location_key,
        cast(register_id as varchar) as register_id,
        cast(business_date as date) as business_date,
        cast(covers_from as timestamp) as covers_from,
        cast(covers_until as timestamp) as covers_until,
        cast(max(read_at) as timestamp) as read_at,
        cast(measure as varchar) as measure,
        cast(sum(amount) as numeric(18, 5)) as amount
    from placed
    group by
        account_id, location_key, register_id, business_date, covers_from, covers_until, measure
)

select * from conformed
