-- One row per day, place and figure that a till reports: its figure, ours, and why they differ. A
-- day that only we have is here as well: that the till states no total of it is its cause.
with totals as (
    select * from {{ ref('int_day_totals') }}
),

entries as (
    select * from {{ ref('fct_reconciliation_entries') }}
),

notes as (
    select * from {{ ref('int_reconciliation_notes') }}
),

measures as (
    select distinct account_id, measure from totals
),

both_sides as (
    select
        account_id, location_key, business_date, measure, 1 as is_theirs, amount as their_amount,
        0 as our_amount, 0 as known, null as cause, 0 as unfinished, 0 as changed
    from totals
    union all
    select
        account_id, location_key, business_date, measure, 0 as is_theirs, 0 as their_amount,
        our_amount, case when cause is null then 0 else till_amount - our_amount end as known,
        cause,
        case when is_unfinished then our_amount else 0 end as unfinished,
        case when is_changed_later then abs(our_amount) + abs(till_amount) else 0 end as changed
    from entries
),

summed as (
    select
        account_id, location_key, business_date, measure,
        max(max(is_theirs)) over (partition by account_id, location_key, business_date) = 1
            as is_stated,
        sum(sum(case when measure = 'tender_rounding' then our_amount else 0 end)) over (
            partition by account_id, location_key, business_date
        ) as rounding_of_day,
        sum(their_amount) as their_amount,
        sum(our_amount) as our_amount,
        sum(their_amount) - sum(our_amount) as difference,
        sum(their_amount) - sum(our_amount) - sum(known) as rest,
        string_agg(distinct cause, ', ' order by cause) as causes,
        sum(unfinished) as unfinished,
        sum(changed) as changed
    from both_sides
    group by account_id, location_key, business_date, measure
),

compared as (
    select
        summed.*,
        case when summed.measure = 'tender_cash' then summed.rounding_of_day else 0 end as rounding
    from summed
    inner join measures
        on summed.account_id = measures.account_id and summed.measure = measures.measure
),

judged as (
    select
        compared.*,
        case
            when rest = 0 then null
            when not is_stated then 'no total of this day'
            when rest = rounding then 'rounding of cash'
            when rest = -unfinished then 'not finished yet'
            when abs(rest) <= changed then 'changed after closing'
        end as rule
    from compared
),

noted as (
    select
        judged.*,
        notes.explanation,
        case
            when judged.difference = 0 or judged.rest = 0 or judged.rule is not null then 0
            when notes.explanation is not null then 0
            else judged.rest
        end as unexplained
    from judged
    left join notes
        on judged.account_id = notes.account_id
        and judged.business_date = notes.business_date
        and judged.measure = notes.measure
        and judged.difference = notes.difference
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key([
                'account_id', 'location_key', 'business_date', 'measure'
            ]) }} as varchar
        ) as reconciliation_key,
        account_id,
        location_key,
        business_date,
        cast(measure as varchar) as measure,
        cast(their_amount as numeric(18, 5)) as their_amount,
        cast(our_amount as numeric(18, 5)) as our_amount,
        cast(difference * 100 as numeric(18, 5)) as difference_cents,
        cast(
            case
                when difference = 0 then null
                when rest <> 0 and rule is null and unexplained = 0 then 'explained by a person'
                else nullif(concat_ws(', ', causes, rule), '')
            end as varchar
        ) as cause,
        cast(unexplained * 100 as numeric(18, 5)) as unexplained_cents,
        cast(explanation as varchar) as explanation
    from noted
)

select * from described
