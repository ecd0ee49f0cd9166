{{ config(materialized='table') }}
-- One row per product of an account: its name and codes in a form that can be compared, and its
-- seniority in the business (1 = oldest: the older account, then the older record, then the id).
with products as (
    select * from {{ ref('int_products') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

prepared as (
    select
        products.account_product_key as record_key,
        products.account_id,
        products.product_id,
        products.business_id,
        row_number() over (
            partition by products.business_id
            order by accounts.account_rank, products.created_at nulls last, products.product_id
        ) as seniority,
        {{ normalised_text('products.product_name') }} as name_words,
        upper(products.sku) as sku_code,
        products.sku as sku_as_written,
        nullif(upper(translate(products.supplier_code, ' -./', '')), '') as supplier_code,
        nullif({{ normalised_text('products.supplier_name') }}, '') as supplier_words
    from products
    inner join accounts on products.account_id = accounts.account_id
)

select * from prepared
