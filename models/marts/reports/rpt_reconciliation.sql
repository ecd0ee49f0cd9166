-- One row per till, place, figure and cause: what the till itself reports beside our totals, over
-- all days that it reports. Unexplained are the days of which the cause, if any, leaves something.
with reconciliation as (
    select * from {{ ref('fct_reconciliation') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

locations as (
    select * from {{ ref('dim_locations') }}
),

judged as (
    select
        reconciliation.*,
        case
            when difference_cents = 0 then 'agrees'
            when unexplained_cents <> 0 then 'unexplained'
            else 'explained'
        end as verdict
    from reconciliation
),

described as (
    select
        accounts.business_id,
        judged.account_id,
        accounts.till_name,
        locations.location_name,
        accounts.currency,
        judged.measure,
        cast(judged.verdict as varchar) as verdict,
        judged.cause,
        count(*) as days,
        min(judged.business_date) as first_on,
        max(judged.business_date) as last_on,
        cast(sum(judged.their_amount) as numeric(18, 5)) as their_amount,
        cast(sum(judged.our_amount) as numeric(18, 5)) as our_amount,
        cast(sum(judged.difference_cents) * 0.01 as numeric(18, 5)) as difference_amount,
        cast(sum(judged.unexplained_cents) * 0.01 as numeric(18, 5)) as unexplained_amount
    from judged
    inner join accounts on judged.account_id = accounts.account_id
    left join locations on judged.location_key = locations.location_key
    group by
        accounts.business_id, judged.account_id, accounts.till_name, locations.location_name,
        accounts.currency, judged.measure, judged.verdict, judged.cause
)

select * from described
