{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'menu_items'), {
    'guid': 'text as item_id',
    'name': 'text',
    'description': 'text',
    'menuName': 'text as menu_name',
    'menuGroupName': 'text as menu_group_name',
    'salesCategory.name': 'text as sales_category',
    'price': 'number',
    'sku': 'text',
    'plu': 'text',
}) }}
