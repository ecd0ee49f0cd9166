-- One row per product and location of an account: what the till last said lies there.
with stock_levels as (
    select * from {{ ref('int_stock_levels') }}
),

links as (
    select * from {{ ref('int_product_links') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key(
                ['stock_levels.account_id', 'stock_levels.location_id', 'stock_levels.product_id']
            ) }} as varchar
        ) as stock_level_key,
        stock_levels.account_id,
        links.business_id,
        stock_levels.location_id,
        locations.location_key,
        stock_levels.product_id,
        stock_levels.account_product_key,
        links.product_key,
        stock_levels.quantity,
        stock_levels.average_cost,
        {{ as_amount(multiply('stock_levels.quantity', 'stock_levels.average_cost')) }}
            as cost_amount,
        stock_levels.reorder_point
    from stock_levels
    inner join links on stock_levels.account_product_key = links.account_product_key
    left join locations
        on stock_levels.account_id = locations.account_id
        and stock_levels.location_id = locations.location_id
)

select * from described
