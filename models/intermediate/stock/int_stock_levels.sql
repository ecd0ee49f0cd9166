{{ config(materialized='table') }}
-- One row per product and location of an account: what the till last said lies there.
with stock_levels as (
    {{ union_sources('stock_levels', [
        'account_id', 'location_id', 'product_id', 'quantity', 'average_cost', 'reorder_point'
    ], sources=['lightspeed_x', 'files', 'square']) }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

keyed as (
    select
        stock_levels.account_id,
        stock_levels.location_id,
        stock_levels.product_id,
        cast(
            {{ dbt_utils.generate_surrogate_key(
                ['stock_levels.account_id', 'stock_levels.product_id']
            ) }} as varchar
        ) as account_product_key,
        stock_levels.quantity,
        stock_levels.average_cost,
        stock_levels.reorder_point
    from stock_levels
    inner join accounts on stock_levels.account_id = accounts.account_id
)

select * from keyed
