{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'inventory'), {
    'id': 'text as inventory_id',
    'outlet_id': 'text',
    'product_id': 'text',
    'inventory_level': 'number',
    'current_amount': 'number',
    'average_cost': 'number',
    'reorder_point': 'number',
    'reorder_amount': 'number',
    'deleted_at': 'timestamp',
    'version': 'number',
}) }}
