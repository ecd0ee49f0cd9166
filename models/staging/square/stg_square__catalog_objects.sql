{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'catalog_objects'), {
    'id': 'text as object_id',
    'type': 'text',
    'is_deleted': 'boolean',
    'updated_at': 'timestamp',
    'created_at': 'timestamp',
    'version': 'number',
    'item_data.name': 'text as item_name',
    'item_data.description_plaintext': 'text as item_description',
    'item_data.is_archived': 'boolean as is_archived',
    'item_data.reporting_category.id': 'text as reporting_category_id',
    'item_data.categories.0.id': 'text as first_category_id',
    'item_data.category_id': 'text as category_id',
    'item_variation_data.item_id': 'text as item_id',
    'item_variation_data.name': 'text as variation_name',
    'item_variation_data.sku': 'text as sku',
    'item_variation_data.upc': 'text as upc',
    'item_variation_data.price_money.amount': 'number as price_units',
    'item_variation_data.price_money.currency': 'text as currency',
    'category_data.name': 'text as category_name',
}) }}
