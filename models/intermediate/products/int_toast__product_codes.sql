{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per item of the menus whose SKU is a barcode: Toast has no other place for one.
with menu_items as (
    select * from {{ ref('stg_toast__menu_items') }}
),

translated as (
    select distinct
        account_id,
        item_id as product_id,
        'ean' as code_type,
        sku as code
    from menu_items
    where item_id is not null and {{ is_valid_gtin('sku') }}
)

select * from translated
