{{ config(enabled='files' in var('pos_sources')) }}
-- One row per product of a file drop: those of its product list and those that only its lines or
-- stock name. A product without a stock code of its own has its id for one.
with products as (
    select * from {{ ref('stg_files__products') }}
),

unlisted as (
    select * from {{ ref('int_files__unlisted_products') }}
),

listed_once as (
    {{ one_per_key('products', 'product_id') }}
),

translated as (
    select
        account_id,
        product_id,
        coalesce(sku, product_id) as sku,
        product_name,
        description,
        brand,
        category,
        supplier_name,
        supplier_code,
        {{ as_amount('price') }} as price,
        {{ as_amount('cost') }} as cost,
        coalesce(is_active, true) as is_active,
        false as is_deleted,
        false as is_from_sales,
        created_at
    from listed_once
    where product_id is not null
    union all
    select
        account_id,
        product_id,
        product_id as sku,
        description as product_name,
        other_names as description,
        null as brand,
        null as category,
        null as supplier_name,
        null as supplier_code,
        {{ as_amount('unit_price') }} as price,
        null as cost,
        null as is_active,
        false as is_deleted,
        true as is_from_sales,
        null as created_at
    from unlisted
)

select * from translated
