{{ config(enabled='square' in var('pos_sources')) }}
-- One row per variation and location: what Square counts as in stock.
with counts as (
    select * from {{ ref('stg_square__inventory_counts') }}
),

translated as (
    select
        account_id,
        location_id,
        catalog_object_id as product_id,
        {{ as_amount('quantity') }} as quantity,
        cast(null as numeric(18, 5)) as average_cost,
        cast(null as numeric(18, 5)) as reorder_point
    from counts
    where state = 'IN_STOCK' and location_id is not null and catalog_object_id is not null
)

select * from translated
