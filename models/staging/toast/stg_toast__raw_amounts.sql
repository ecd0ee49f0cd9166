{{ config(enabled='toast' in var('pos_sources'), materialized='view') }}
-- One row per item, charge and payment of every check of every current raw order, read apart from
-- the models that are checked against it.
{{ staged_records(source('raw_toast', 'orders'), {
    'guid': 'text as payment_id',
    'paymentStatus': 'text as payment_status',
    'voidInfo.voidBusinessDate': 'text as void_business_day',
    'amount': 'number',
    'tipAmount': 'number as tip_amount',
    'refund.refundAmount': 'number as refund_amount',
    'refund.tipRefundAmount': 'number as refund_tip',
    'refund.refundDate': 'timestamp as refunded_at',
    'selectionType': 'text as selection_type',
    'deferred': 'boolean as is_deferred',
    'price': 'number',
    'modifiers.price': 'sum of deferred but voided as deferred_modifiers',
    'refundDetails.refundAmount': 'number as refunded_amount',
    'refundDetails.taxRefundAmount': 'number as refunded_tax',
}, items=['selections', 'appliedServiceCharges', 'payments'], parent='checks') }}
