{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'refunds'), {
    'id': 'text as refund_id',
    'payment_id': 'text',
    'order_id': 'text',
    'location_id': 'text',
    'team_member_id': 'text',
    'status': 'text',
    'destination_type': 'text',
    'reason': 'text',
    'amount_money.amount': 'number as amount_units',
    'amount_money.currency': 'text as currency',
    'created_at': 'timestamp',
    'updated_at': 'timestamp',
}) }}
