{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'sales'), {
    'id': 'text as payment_id',
    'register_id': 'text',
    'outlet_id': 'text',
    'retailer_payment_type_id': 'text',
    'payment_type_id': 'text',
    'name': 'text',
    'amount': 'number',
    'payment_date': 'timestamp',
}, items='payments') }}
