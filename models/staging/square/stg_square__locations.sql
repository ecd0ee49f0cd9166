{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'locations'), {
    'id': 'text as location_id',
    'name': 'text',
    'timezone': 'text as time_zone',
    'currency': 'text',
    'country': 'text',
    'status': 'text',
}) }}
