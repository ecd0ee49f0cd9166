{{ config(enabled='square' in var('pos_sources')) }}
-- One row per variation of an item, deleted ones too, and one per variation that only orders or
-- stock name: Square may not tell of what was deleted long ago. Prices as the catalog has them,
-- with tax where the seller's prices include it.
with objects as (
    select * from {{ ref('stg_square__catalog_objects') }}
),

entries as (
    select * from {{ ref('stg_square__order_entries') }}
),

counts as (
    select * from {{ ref('stg_square__inventory_counts') }}
),

changes as (
    select * from {{ ref('stg_square__inventory_changes') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

named as (
    select account_id, catalog_object_id as product_id, name, variation_name
    from entries
    where item_path in ('line_items', 'returns.return_line_items')
    union all
    select account_id, catalog_object_id as product_id, null as name, null as variation_name
    from counts
    union all
    select
        account_id,
        coalesce(counted_object_id, adjusted_object_id, transferred_object_id) as product_id,
        null as name,
        null as variation_name
    from changes
),

named_once as (
    select
        account_id,
        product_id,
        max({{ square_product_name('name', 'variation_name') }}) as product_name
    from named
    where product_id is not null
    group by account_id, product_id
),

listed as (
    select
        variations.account_id,
        variations.object_id as product_id,
        variations.sku,
        {{ square_product_name('items.item_name', 'variations.variation_name') }} as product_name,
        items.item_description as description,
        categories.category_name as category,
        variations.price_units
        * coalesce(currencies.minor_unit, accounts.minor_unit) as price,
        not coalesce(variations.is_deleted or items.is_deleted, false) as is_there,
        not coalesce(items.is_archived, false) as is_shown,
        variations.created_at
    from objects as variations
    inner join accounts on variations.account_id = accounts.account_id
    left join currencies on variations.currency = currencies.currency
    left join objects as items
        on variations.account_id = items.account_id
        and variations.item_id = items.object_id
    left join objects as categories
        on items.account_id = categories.account_id
        and coalesce(items.reporting_category_id, items.first_category_id, items.category_id)
        = categories.object_id
    where variations.type = 'ITEM_VARIATION' and variations.object_id is not null
),

translated as (
    select
        coalesce(listed.account_id, named_once.account_id) as account_id,
        coalesce(listed.product_id, named_once.product_id) as product_id,
        listed.sku,
        cast(coalesce(listed.product_name, named_once.product_name) as varchar) as product_name,
        listed.description,
        cast(null as varchar) as brand,
        listed.category,
        cast(null as varchar) as supplier_name,
        cast(null as varchar) as supplier_code,
        {{ as_amount('listed.price') }} as price,
        cast(null as numeric(18, 5)) as cost,
        listed.is_there and listed.is_shown as is_active,
        coalesce(not listed.is_there, false) as is_deleted,
        listed.product_id is null as is_from_sales,
        listed.created_at
    from listed
    full outer join named_once
        on listed.account_id = named_once.account_id
        and listed.product_id = named_once.product_id
)

select * from translated
