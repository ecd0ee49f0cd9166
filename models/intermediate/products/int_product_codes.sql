{{ config(materialized='table', meta={'is_checkpoint': true}) }}
-- One row per product, kind of code and code, in every till. The codes of printed barcodes lose
-- their blanks and hyphens.
with product_codes as (
    {{ union_sources('product_codes', ['account_id', 'product_id', 'code_type', 'code']) }}
),

products as (
    select * from {{ ref('int_products') }}
),

cleaned as (
    select distinct
        product_codes.account_id,
        cast(product_codes.product_id as varchar) as product_id,
        cast(lower(product_codes.code_type) as varchar) as code_type,
        cast(
            case
                when lower(product_codes.code_type) in (
                        'barcode', 'ean', 'gtin', 'isbn', 'itf', 'jan', 'upc'
                    )
                    then upper(translate(product_codes.code, ' -', ''))
                else product_codes.code
            end as varchar
        ) as code
    from product_codes
    inner join products
        on product_codes.account_id = products.account_id
        and product_codes.product_id = products.product_id
),

checked as (
    select
        account_id,
        product_id,
        code_type,
        code,
        {{ is_valid_gtin('code') }} as is_valid_gtin
    from cleaned
    where code <> ''
)

select * from checked
