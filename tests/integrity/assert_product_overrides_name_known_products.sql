{{ config(severity='warn') }}
-- What: every decision in seeds/mapping/product_overrides.csv names two products of one business.
-- When it warns: the decision has no effect, because an id is mistyped or its product is gone and
-- marts.replaced_ids knows no new id of it.
-- What to do: mend or delete the lines below.
with overrides as (
    select * from {{ ref('product_overrides') }}
),

left_behind as (
    {{ records_that_left(ref('int_product_successors')) }}
),

products as (
    select account_id, product_id, business_id, account_product_key
    from {{ ref('int_products') }}
    union
    select
        left_behind.account_id,
        left_behind.record_id as product_id,
        successors.business_id,
        left_behind.record_key as account_product_key
    from left_behind
    inner join {{ ref('int_products') }} as successors
        on left_behind.successor_key = successors.account_product_key
),

without_effect as (
    select
        overrides.account_id,
        overrides.product_id,
        overrides.other_account_id,
        overrides.other_product_id
    from overrides
    left join products as one
        on overrides.account_id = one.account_id and overrides.product_id = one.product_id
    left join products as two
        on overrides.other_account_id = two.account_id
        and overrides.other_product_id = two.product_id
    where coalesce(one.business_id <> two.business_id, true)
        or one.account_product_key = two.account_product_key
)

select * from without_effect
