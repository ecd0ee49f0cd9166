{{ config(enabled='files' in var('pos_sources')) }}
-- One row per code of a product of a file drop, from its list of codes and from the barcode column
-- of its product list.
with product_codes as (
    select * from {{ ref('stg_files__product_codes') }}
),

products as (
    select * from {{ ref('stg_files__products') }}
),

translated as (
    select
        account_id,
        product_id,
        coalesce(code_type, 'barcode') as code_type,
        code
    from product_codes
    where code is not null
    union
    select
        account_id,
        product_id,
        'barcode' as code_type,
        barcode as code
    from products
    where barcode is not null
)

select * from translated
