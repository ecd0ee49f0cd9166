{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per X-Series product, deleted ones too, and one per product that only sales or stock
-- records name. Prices and costs are without tax.
with products as (
    select * from {{ ref('stg_lightspeed_x__products') }}
),

unlisted as (
    select * from {{ ref('int_lightspeed_x__unlisted_products') }}
),

listed_once as (
    {{ one_per_key('products', 'product_id', 'version desc') }}
),

translated as (
    select
        account_id,
        product_id,
        sku,
        -- The variant's name repeats the product's as a rule and then says more.
        cast(
            case
                when variant_name is null or lower(variant_name) = lower(name) then name
                when name is null or strpos(lower(variant_name), lower(name)) > 0 then variant_name
                else name || ' ' || variant_name
            end as varchar
        ) as product_name,
        cast(
            nullif(
                trim(regexp_replace(description, '(<[^>]*>|&[a-z]+;|[[:space:]])+', ' ', 'g')), ''
            ) as varchar
        ) as description,
        brand_name as brand,
        coalesce(product_category_name, type_name) as category,
        supplier_name,
        supplier_code,
        {{ as_amount('price_excluding_tax') }} as price,
        {{ as_amount('supply_price') }} as cost,
        coalesce(is_active, deleted_at is null) as is_active,
        deleted_at is not null as is_deleted,
        false as is_from_sales,
        created_at
    from listed_once
    where product_id is not null
    union all
    select
        account_id,
        product_id,
        sku,
        null as product_name,
        null as description,
        null as brand,
        null as category,
        null as supplier_name,
        null as supplier_code,
        null as price,
        null as cost,
        null as is_active,
        false as is_deleted,
        true as is_from_sales,
        null as created_at
    from unlisted
)

select * from translated
