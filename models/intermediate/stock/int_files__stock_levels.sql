{{ config(enabled='files' in var('pos_sources')) }}
-- One row per product and location of a stock list; `main` is the location of a list that names
-- none.
with stock_levels as (
    select * from {{ ref('stg_files__stock_levels') }}
),

latest as (
    {{ one_per_key('stock_levels', "coalesce(location_id, 'main'), product_id") }}
),

translated as (
    select
        account_id,
        coalesce(location_id, 'main') as location_id,
        product_id,
        {{ as_amount('quantity') }} as quantity,
        {{ as_amount('average_cost') }} as average_cost,
        {{ as_amount('reorder_point') }} as reorder_point
    from latest
    where product_id is not null
)

select * from translated
