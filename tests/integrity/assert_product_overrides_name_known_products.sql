{{ config(severity='warn') }}
-- What: every decision in seeds/mapping/product_overrides.csv names two products of one business.
-- When it warns: the decision has no effect, because an id is mistyped or its product is gone and
-- marts.replaced_ids knows no new id of it.
-- What to do: mend or delete the lines below.
with overrides as (
    {{ overrides_by_record(ref('product_overrides'), 'product') }}
),

records as (
    select account_id, product_id as record_id, business_id, account_product_key as record_key
    from {{ ref('int_products') }}
),

left_behind as (
    {{ records_that_left(ref('int_product_successors')) }}
),

without_effect as (
    {{ overrides_without_effect('overrides', 'records', 'left_behind') }}
)

select * from without_effect
