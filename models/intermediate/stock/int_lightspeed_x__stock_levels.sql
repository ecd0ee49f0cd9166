{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per product and outlet of the X-Series inventory.
with inventory as (
    select * from {{ ref('stg_lightspeed_x__inventory') }}
),

latest as (
    {{ one_per_key('inventory', 'outlet_id, product_id', 'version desc') }}
),

translated as (
    select
        account_id,
        outlet_id as location_id,
        product_id,
        {{ as_amount('coalesce(inventory_level, current_amount)') }} as quantity,
        {{ as_amount('average_cost') }} as average_cost,
        {{ as_amount('reorder_point') }} as reorder_point
    from latest
    where product_id is not null and outlet_id is not null and deleted_at is null
)

select * from translated
