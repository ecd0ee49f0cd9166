{{ config(enabled='square' in var('pos_sources')) }}
-- One row per variation that has a barcode (Square's field upc also holds EANs).
with objects as (
    select * from {{ ref('stg_square__catalog_objects') }}
),

translated as (
    select distinct
        account_id,
        object_id as product_id,
        'upc' as code_type,
        upc as code
    from objects
    where type = 'ITEM_VARIATION' and object_id is not null and upc is not null
)

select * from translated
