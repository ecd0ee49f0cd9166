{{ config(materialized='table') }}
-- One row per movement of a product into (+) or out of (-) a location; a transfer is two rows.
with stock_movements as (
    {{ union_sources('stock_movements', [
        'account_id', 'movement_id', 'product_id', 'location_id', 'other_location_id',
        'movement_type', 'status', 'quantity', 'counted_quantity', 'unit_cost', 'moved_at', 'reference'
    ], sources=['lightspeed_x', 'files', 'square']) }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

keyed as (
    select
        stock_movements.account_id,
        stock_movements.movement_id,
        cast(
            {{ dbt_utils.generate_surrogate_key(
                ['stock_movements.account_id', 'stock_movements.movement_id',
                    'stock_movements.movement_type', 'stock_movements.location_id']
            ) }} as varchar
        ) as stock_movement_key,
        stock_movements.product_id,
        cast(
            {{ dbt_utils.generate_surrogate_key(
                ['stock_movements.account_id', 'stock_movements.product_id']
            ) }} as varchar
        ) as account_product_key,
        stock_movements.location_id,
        stock_movements.other_location_id,
        stock_movements.movement_type,
        stock_movements.status,
        stock_movements.quantity,
        stock_movements.counted_quantity,
        stock_movements.unit_cost,
        {{ as_amount(multiply('stock_movements.quantity', 'stock_movements.unit_cost')) }}
            as cost_amount,
        stock_movements.moved_at,
        {{ business_date(
            'stock_movements.moved_at',
            'coalesce(locations.time_zone, accounts.time_zone)',
            'accounts.day_cutoff_minutes'
        ) }} as business_date,
        stock_movements.reference
    from stock_movements
    inner join accounts on stock_movements.account_id = accounts.account_id
    left join locations
        on stock_movements.account_id = locations.account_id
        and stock_movements.location_id = locations.location_id
)

select * from keyed
