{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'stock_movements'), {
    'movement_id': 'text',
    'product_id': 'text',
    'movement_type': 'text',
    'quantity': 'number',
    'unit_cost': 'number',
    'moved_at': 'timestamp',
    'from_location_id': 'text',
    'to_location_id': 'text',
    'reference': 'text',
    'status': 'text',
}, root='_mapped') }}
