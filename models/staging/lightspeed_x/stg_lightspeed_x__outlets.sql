{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'outlets'), {
    'id': 'text as outlet_id',
    'name': 'text',
    'time_zone': 'text',
    'currency': 'text',
    'display_prices': 'text',
    'physical_address_1': 'text',
    'physical_city': 'text',
    'deleted_at': 'timestamp',
    'version': 'number',
}) }}
