{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per product that has a barcode.
with items as (
    select * from {{ ref('stg_lightspeed_k__items') }}
),

translated as (
    select distinct
        account_id,
        cast({{ lightspeed_k_product_id() }} as varchar) as product_id,
        'barcode' as code_type,
        barcode as code
    from items
    where barcode is not null and coalesce(sku, item_id) is not null
)

select * from translated
