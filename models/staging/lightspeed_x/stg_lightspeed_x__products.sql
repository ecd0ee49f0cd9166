{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'products'), {
    'id': 'text as product_id',
    'source': 'text',
    'variant_parent_id': 'text',
    'name': 'text',
    'variant_name': 'text',
    'handle': 'text',
    'sku': 'text',
    'supplier_code': 'text',
    'is_active': 'boolean',
    'has_inventory': 'boolean',
    'brand.name': 'text',
    'supplier.name': 'text',
    'product_category.name': 'text',
    'type.name': 'text',
    'supply_price': 'number',
    'price_excluding_tax': 'number',
    'price_including_tax': 'number',
    'created_at': 'timestamp',
    'deleted_at': 'timestamp',
    'version': 'number',
}) }}
