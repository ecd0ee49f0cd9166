{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='fail',
) }}
-- One row per product of a till's list and change of what is known of it: what it holds, or the
-- product that took its place under a new id. The last one counts. This table is a memory: no full
-- refresh empties it. Content is what the till says of a product but price, cost and dates.
with products as (
    select * from {{ ref('int_products') }}
    where not is_from_sales
),

product_codes as (
    select * from {{ ref('int_product_codes') }}
),

overrides as (
    {{ overrides_by_record(ref('product_overrides'), 'product') }}
),

coded as (
    select
        account_id,
        product_id,
        string_agg(
            {{ concat_for_hash(['code_type', 'code']) }}, '|' order by md5(code_type || code)
        ) as codes
    from product_codes
    where code <> product_id
    group by account_id, product_id
),

records as (
    select
        products.account_product_key as record_key,
        products.account_id,
        products.product_id as record_id,
        case
            when products.product_name is not null
                then md5({{ concat_for_hash([
                    'products.product_name', 'products.description', 'products.brand',
                    'products.category', 'products.supplier_name', 'products.supplier_code',
                    'nullif(products.sku, products.product_id)', 'coded.codes',
                ]) }})
        end as content_key,
        not products.is_deleted as is_listed
    from products
    left join coded
        on products.account_id = coded.account_id and products.product_id = coded.product_id
),

followed as (
    {{ successors('records', 'overrides', this if is_incremental() else none) }}
)

select * from followed
