{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'registers'), {
    'id': 'text as register_id',
    'name': 'text',
    'outlet_id': 'text',
    'deleted_at': 'timestamp',
    'version': 'number',
}) }}
