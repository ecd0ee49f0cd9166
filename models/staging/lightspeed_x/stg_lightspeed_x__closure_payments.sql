{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'register_closures'), {
    'payment_type_id': 'text',
    'payment_type_name': 'text',
    'total': 'number',
}, items='payments') }}
