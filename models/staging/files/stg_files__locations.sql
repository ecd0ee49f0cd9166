{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'locations'), {
    'location_id': 'text',
    'location_name': 'text',
    'time_zone': 'text',
    'address': 'text',
}, root='_mapped') }}
