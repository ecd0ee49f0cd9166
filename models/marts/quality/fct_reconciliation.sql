-- One row per day, place and figure that a till reports: its figure, ours, and why they differ.
with totals as (
    select * from {{ ref('int_day_totals') }}
),

entries as (
    select * from {{ ref('fct_reconciliation_entries') }}
),

notes as (
    select * from {{ ref('int_reconciliation_notes') }}
),

days as (
    select distinct account_id, location_key, business_date from totals
),

measures as (
    select distinct account_id, measure from totals
),

theirs as (
    select account_id, location_key, business_date, measure, sum(amount) as amount
    from totals
    group by account_id, location_key, business_date, measure
),

ours as (
    select
        account_id,
        location_key,
        business_date,
        measure,
        sum(our_amount) as amount,
        sum(till_amount - our_amount) as known,
        string_agg(distinct cause, ', ' order by cause) as causes,
        sum(case when is_unfinished then our_amount else 0 end) as unfinished,
        sum(case when is_changed_later then abs(our_amount) + abs(till_amount) else 0 end)
            as changed
    from entries
    group by account_id, location_key, business_date, measure
),

compared as (
    select
        days.account_id,
        days.location_key,
        days.business_date,
        measures.measure,
        coalesce(theirs.amount, 0) as their_amount,
        coalesce(ours.amount, 0) as our_amount,
        coalesce(theirs.amount, 0) - coalesce(ours.amount, 0) as difference,
        coalesce(theirs.amount, 0) - coalesce(ours.amount, 0) - coalesce(ours.known, 0) as rest,
        ours.causes,
        coalesce(ours.unfinished, 0) as unfinished,
        coalesce(ours.changed, 0) as changed,
        coalesce(rounding.amount, 0) as rounding
    from days
    inner join measures on days.account_id = measures.account_id
    left join theirs
        on days.account_id = theirs.account_id
        and days.location_key = theirs.location_key
        and days.business_date = theirs.business_date
        and measures.measure = theirs.measure
    left join ours
        on days.account_id = ours.account_id
        and days.location_key = ours.location_key
        and days.business_date = ours.business_date
        and measures.measure = ours.measure
    left join ours as rounding
        on days.account_id = rounding.account_id
        and days.location_key = rounding.location_key
        and days.business_date = rounding.business_date
        and measures.measure = 'tender_cash'
        and rounding.measure = 'tender_rounding'
),

judged as (
    select
        compared.*,
        case
            when rest = 0 then null
            when rest = rounding then 'rounding of cash'
            when rest = -unfinished then 'not finished yet'
            when abs(rest) <= changed then 'changed after closing'
        end as rule
    from compared
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key([
                'judged.account_id', 'judged.location_key', 'judged.business_date', 'judged.measure'
            ]) }} as varchar
        ) as reconciliation_key,
        judged.account_id,
        judged.location_key,
        judged.business_date,
        cast(judged.measure as varchar) as measure,
        cast(judged.their_amount as numeric(18, 5)) as their_amount,
        cast(judged.our_amount as numeric(18, 5)) as our_amount,
        cast(judged.difference * 100 as numeric(18, 5)) as difference_cents,
        cast(
            case
                when judged.difference = 0 then null
                when judged.rest = 0 then judged.causes
                when judged.rule is not null then concat_ws(', ', judged.causes, judged.rule)
                when notes.explanation is not null then 'explained by a person'
            end as varchar
        ) as cause,
        cast(notes.explanation as varchar) as explanation
    from judged
    left join notes
        on judged.account_id = notes.account_id
        and judged.business_date = notes.business_date
        and judged.measure = notes.measure
        and judged.difference = notes.difference
)

select * from described
