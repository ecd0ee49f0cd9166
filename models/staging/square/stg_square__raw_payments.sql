{{ config(enabled='square' in var('pos_sources'), materialized='view') }}
-- One row per current raw payment: its amount, read apart from stg_square__payments, which is
-- checked against it.
{{ staged_records(source('raw_square', 'payments'), {
    'id': 'text as payment_id',
    'order_id': 'text',
    'status': 'text',
    'total_money.amount': 'number as total_units',
}) }}
