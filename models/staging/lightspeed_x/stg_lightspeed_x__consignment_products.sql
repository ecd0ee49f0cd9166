{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'consignment_products'), {
    'consignment_id': 'text',
    'product_id': 'text',
    'product_sku': 'text',
    'count': 'number as expected_count',
    'received': 'number',
    'cost': 'number',
    'status': 'text',
    'created_at': 'timestamp',
    'updated_at': 'timestamp',
    'version': 'number',
}) }}
