{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='fail',
) }}
-- One row per product of an account and golden key that it has had; the last one counts. This table
-- is a memory: no full refresh empties it.
with products as (
    select * from {{ ref('int_products') }}
),

groups as (
    select * from {{ ref('int_product_groups') }}
),

members as (
    select
        products.account_product_key as record_key,
        products.seniority,
        coalesce(groups.founder_key, products.account_product_key) as founder_key,
        groups.reasons
    from products
    left join groups on products.account_product_key = groups.record_key
),

left_behind as (
    {{ records_that_left(ref('int_product_successors')) }}
),

keyed as (
    {{ golden_keys('members', this if is_incremental() else none, 'left_behind') }}
)

select * from keyed
