{{ config(severity='warn') }}
-- What: every decision in seeds/mapping/customer_overrides.csv names two customers of one business.
-- When it warns: the decision has no effect, because an id is mistyped or its customer is gone and
-- marts.replaced_ids knows no new id of it.
-- What to do: mend or delete the lines below.
with overrides as (
    select * from {{ ref('customer_overrides') }}
),

left_behind as (
    {{ records_that_left(ref('int_customer_successors')) }}
),

customers as (
    select account_id, customer_id, business_id, account_customer_key
    from {{ ref('int_customers') }}
    union
    select
        left_behind.account_id,
        left_behind.record_id as customer_id,
        successors.business_id,
        left_behind.record_key as account_customer_key
    from left_behind
    inner join {{ ref('int_customers') }} as successors
        on left_behind.successor_key = successors.account_customer_key
),

without_effect as (
    select
        overrides.account_id,
        overrides.customer_id,
        overrides.other_account_id,
        overrides.other_customer_id
    from overrides
    left join customers as one
        on overrides.account_id = one.account_id and overrides.customer_id = one.customer_id
    left join customers as two
        on overrides.other_account_id = two.account_id
        and overrides.other_customer_id = two.customer_id
    where coalesce(one.business_id <> two.business_id, true)
        or one.account_customer_key = two.account_customer_key
)

select * from without_effect
