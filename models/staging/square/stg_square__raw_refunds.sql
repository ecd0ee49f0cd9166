{{ config(enabled='square' in var('pos_sources'), materialized='view') }}
-- One row per current raw refund: its amount, read apart from stg_square__refunds, which is checked
-- against it.
{{ staged_records(source('raw_square', 'refunds'), {
    'id': 'text as refund_id',
    'order_id': 'text',
    'status': 'text',
    'amount_money.amount': 'number as amount_units',
}) }}
