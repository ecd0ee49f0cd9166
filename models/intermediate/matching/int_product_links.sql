{{ config(materialized='table') }}
-- One row per product of an account: the golden product that it belongs to, and why. The only table
-- that the rest of the warehouse reads of the matching.
with products as (
    select * from {{ ref('int_products') }}
),

groups as (
    select * from {{ ref('int_product_groups') }}
),

golden_keys as (
    {{ current_keys(ref('int_product_golden_keys')) }}
),

linked as (
    select
        products.account_id,
        products.product_id,
        products.account_product_key,
        golden_keys.golden_key as product_key,
        products.business_id,
        cast(coalesce(groups.method, 'self') as varchar) as method,
        matched.account_id as matched_account_id,
        matched.product_id as matched_product_id,
        cast(groups.score as numeric(5, 4)) as score,
        cast(groups.band as varchar) as band,
        cast(groups.reasons as varchar) as reasons,
        cast(coalesce(groups.decided_by, 'rule') as varchar) as decided_by
    from products
    inner join golden_keys on products.account_product_key = golden_keys.record_key
    left join groups on products.account_product_key = groups.record_key
    left join products as matched on groups.matched_key = matched.account_product_key
)

select * from linked
