{{ config(materialized='table', meta={'is_checkpoint': true}) }}
-- One row per product of an account, in every till. Which of them are the same product:
-- int_product_links.
with products as (
    {{ union_sources('products', [
        'account_id', 'product_id', 'sku', 'product_name', 'description', 'brand', 'category',
        'supplier_name', 'supplier_code', 'price', 'cost', 'is_active', 'is_deleted', 'is_from_sales', 'created_at'
    ]) }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

keyed as (
    select
        products.account_id,
        products.product_id,
        cast(
            {{ dbt_utils.generate_surrogate_key(
                ['products.account_id', 'products.product_id']
            ) }} as varchar
        ) as account_product_key,
        accounts.business_id,
        row_number() over (
            order by
                accounts.account_rank,
                products.created_at nulls last,
                {{ dbt_utils.generate_surrogate_key(
                    ['products.account_id', 'products.product_id']
                ) }}
        ) as seniority,
        products.sku,
        products.product_name,
        products.description,
        products.brand,
        products.category,
        products.supplier_name,
        products.supplier_code,
        products.price,
        products.cost,
        products.is_active,
        products.is_deleted,
        products.is_from_sales,
        products.created_at
    from products
    inner join accounts on products.account_id = accounts.account_id
)

select * from keyed
