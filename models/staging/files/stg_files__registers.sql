{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'registers'), {
    'register_id': 'text',
    'register_name': 'text',
    'location_id': 'text',
}, root='_mapped') }}
