{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'stock_levels'), {
    'product_id': 'text',
    'location_id': 'text',
    'quantity': 'number',
    'average_cost': 'number',
    'reorder_point': 'number',
}, root='_mapped') }}
