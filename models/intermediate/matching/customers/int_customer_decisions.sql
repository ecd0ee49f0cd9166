{{ config(materialized='table') }}
-- One row per two customers that are decided on: by a person, in the seed customer_overrides (the
-- last decision on a pair stands), or because one is the other under a new id.
with overrides as (
    {{ overrides_by_record(ref('customer_overrides'), 'customer') }}
),

records as (
    select
        record_no,
        record_key,
        account_id,
        customer_id as record_id,
        business_id
    from {{ ref('int_customer_features') }}
),

left_behind as (
    {{ records_that_left(ref('int_customer_successors')) }}
),

decided as (
    {{ decided_pairs('overrides', 'records', 'left_behind') }}
)

select * from decided
