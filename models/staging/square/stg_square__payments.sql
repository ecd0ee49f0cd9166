{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'payments'), {
    'id': 'text as payment_id',
    'order_id': 'text',
    'location_id': 'text',
    'customer_id': 'text',
    'team_member_id': 'text',
    'status': 'text',
    'source_type': 'text',
    'card_details.card.card_brand': 'text as card_brand',
    'external_details.type': 'text as external_type',
    'receipt_number': 'text',
    'device_details.device_id': 'text as device_id',
    'device_details.device_name': 'text as device_name',
    'total_money.amount': 'number as total_units',
    'total_money.currency': 'text as currency',
    'tip_money.amount': 'number as tip_units',
    'created_at': 'timestamp',
    'updated_at': 'timestamp',
}) }}
