{{ config(severity='warn') }}
-- What: every decision in seeds/mapping/customer_overrides.csv names two customers of one business.
-- When it warns: the decision has no effect, because an id is mistyped or its customer is gone and
-- marts.replaced_ids knows no new id of it.
-- What to do: mend or delete the lines below.
with overrides as (
    {{ overrides_by_record(ref('customer_overrides'), 'customer') }}
),

records as (
    select account_id, customer_id as record_id, business_id, account_customer_key as record_key
    from {{ ref('int_customers') }}
),

left_behind as (
    {{ records_that_left(ref('int_customer_successors')) }}
),

without_effect as (
    {{ overrides_without_effect('overrides', 'records', 'left_behind') }}
)

select * from without_effect
