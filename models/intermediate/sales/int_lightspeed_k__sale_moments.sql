{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per K-Series sale: the moment at which it counts, and the day whose list names it in V2.
-- That is when it was closed; a sale that was edited in the back office is closed anew on the day
-- of the edit, but V1 still tells the day that it was on, and it counts at the first of its moments
-- that lies there.
with sales as (
    select * from {{ ref('stg_lightspeed_k__sales') }}
    where account_fisc_id is not null
),

first_days as (
    select * from {{ ref('stg_lightspeed_k__financials') }}
),

locations as (
    select * from {{ ref('int_lightspeed_k__locations') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

joined as (
    select
        sales._version_id,
        sales.closed_at,
        sales.opened_at,
        first_days.business_date,
        {{ business_date(
            'sales.opened_at', 'coalesce(locations.time_zone, accounts.time_zone)',
            'accounts.day_cutoff_minutes'
        ) }} as opened_on,
        {{ business_date(
            'sales.closed_at', 'coalesce(locations.time_zone, accounts.time_zone)',
            'accounts.day_cutoff_minutes'
        ) }} as closed_on
    from sales
    inner join accounts on sales.account_id = accounts.account_id
    left join locations
        on sales.account_id = locations.account_id and sales.location_id = locations.location_id
    left join first_days
        on sales.account_id = first_days.account_id and sales.record_id = first_days.record_id
),

placed as (
    select
        _version_id,
        closed_on,
        case
            when opened_on = business_date and closed_on <> business_date then opened_at
            else coalesce(closed_at, opened_at)
        end as sold_at
    from joined
)

select * from placed
