{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per item and modifier of the menus, and one per item that only checks name: what is taken
-- off the menus is no longer listed.
with menu_items as (
    select * from {{ ref('stg_toast__menu_items') }}
    where item_id is not null
),

named as (
    select
        account_id,
        item_id,
        max(display_name) as display_name
    from {{ ref('stg_toast__check_entries') }}
    where item_id is not null
    group by account_id, item_id
),

translated as (
    select
        coalesce(menu_items.account_id, named.account_id) as account_id,
        coalesce(menu_items.item_id, named.item_id) as product_id,
        coalesce(menu_items.sku, menu_items.plu) as sku,
        cast(coalesce(menu_items.name, named.display_name) as varchar) as product_name,
        menu_items.description,
        cast(null as varchar) as brand,
        cast(coalesce(menu_items.sales_category, menu_items.menu_group_name) as varchar)
            as category,
        cast(null as varchar) as supplier_name,
        cast(null as varchar) as supplier_code,
        {{ as_amount('menu_items.price') }} as price,
        cast(null as numeric(18, 5)) as cost,
        menu_items.item_id is not null as is_active,
        false as is_deleted,
        menu_items.item_id is null as is_from_sales,
        cast(null as timestamp) as created_at
    from menu_items
    full outer join named
        on menu_items.account_id = named.account_id
        and menu_items.item_id = named.item_id
)

select * from translated
