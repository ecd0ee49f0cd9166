{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per SKU, which is what sales name: an item that several locations have is one product.
-- An item without a SKU goes by its id, one that only sales name by the name there.
with items as (
    select
        items.*,
        {{ lightspeed_k_product_id() }} as product_id
    from {{ ref('stg_lightspeed_k__items') }} as items
    where coalesce(sku, item_id) is not null
),

listed as (
    {{ one_per_key('items', 'product_id', 'active desc, item_id') }}
),

named as (
    select account_id, sku as product_id, max(name) as name
    from {{ ref('stg_lightspeed_k__sale_lines') }}
    where sku is not null
    group by account_id, sku
),

translated as (
    select
        coalesce(listed.account_id, named.account_id) as account_id,
        cast(coalesce(listed.product_id, named.product_id) as varchar) as product_id,
        cast(coalesce(listed.sku, named.product_id) as varchar) as sku,
        cast(coalesce(listed.name, named.name) as varchar) as product_name,
        cast(null as varchar) as description,
        cast(null as varchar) as brand,
        listed.accounting_group as category,
        cast(null as varchar) as supplier_name,
        cast(null as varchar) as supplier_code,
        {{ as_amount('listed.first_price') }} as price,
        {{ as_amount('listed.cost_price') }} as cost,
        coalesce(listed.active, listed.product_id is not null) as is_active,
        false as is_deleted,
        listed.product_id is null as is_from_sales,
        cast(null as timestamp) as created_at
    from listed
    full outer join named
        on listed.account_id = named.account_id and listed.product_id = named.product_id
)

select * from translated
