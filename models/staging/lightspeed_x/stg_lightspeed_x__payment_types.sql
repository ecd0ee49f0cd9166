{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'payment_types'), {
    'id': 'text as payment_type_id',
    'name': 'text',
    'type_id': 'text',
    'payment_type.category': 'text',
    'deleted_at': 'timestamp',
    'version': 'number',
}) }}
