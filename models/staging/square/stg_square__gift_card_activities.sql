{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'gift_card_activities'), {
    'id': 'text as activity_id',
    'type': 'text as activity_type',
    'location_id': 'text',
    'activate_activity_details.order_id': 'text as activated_order_id',
    'activate_activity_details.amount_money.amount': 'number as activated_units',
    'load_activity_details.order_id': 'text as loaded_order_id',
    'load_activity_details.amount_money.amount': 'number as loaded_units',
    'adjust_decrement_activity_details.reason': 'text as decrement_reason',
    'adjust_decrement_activity_details.amount_money.amount': 'number as decrement_units',
    'gift_card_balance_money.currency': 'text as currency',
    'created_at': 'timestamp',
}) }}
