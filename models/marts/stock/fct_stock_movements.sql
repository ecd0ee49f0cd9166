-- One row per movement of a product into (+) or out of (-) a location; a transfer is two rows. What
-- was ordered, cancelled or only counted is here too, at quantity 0.
with stock_movements as (
    select * from {{ ref('int_stock_movements') }}
),

links as (
    select * from {{ ref('int_product_links') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

described as (
    select
        stock_movements.stock_movement_key,
        stock_movements.account_id,
        stock_movements.movement_id,
        links.business_id,
        stock_movements.location_id,
        locations.location_key,
        stock_movements.other_location_id,
        other_locations.location_key as other_location_key,
        stock_movements.product_id,
        stock_movements.account_product_key,
        links.product_key,
        stock_movements.movement_type,
        stock_movements.status,
        stock_movements.moved_at,
        stock_movements.business_date,
        stock_movements.quantity,
        stock_movements.counted_quantity,
        stock_movements.unit_cost,
        stock_movements.cost_amount,
        stock_movements.reference
    from stock_movements
    inner join links on stock_movements.account_product_key = links.account_product_key
    left join locations
        on stock_movements.account_id = locations.account_id
        and stock_movements.location_id = locations.location_id
    left join locations as other_locations
        on stock_movements.account_id = other_locations.account_id
        and stock_movements.other_location_id = other_locations.location_id
)

select * from described
