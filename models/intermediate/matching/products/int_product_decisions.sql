{{ config(materialized='table') }}
-- One row per two products that are decided on: by a person, in the seed product_overrides (the
-- last decision on a pair stands), or because one is the other under a new id.
with overrides as (
    {{ overrides_by_record(ref('product_overrides'), 'product') }}
),

records as (
    select
        record_no,
        record_key,
        account_id,
        product_id as record_id,
        business_id
    from {{ ref('int_product_records') }}
),

left_behind as (
    {{ records_that_left(ref('int_product_successors')) }}
),

decided as (
    {{ decided_pairs('overrides', 'records', 'left_behind') }}
)

select * from decided
