{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'payments'), {
    'guid': 'text as payment_id',
    'orderGuid': 'text as order_id',
    'type': 'text',
    'otherPayment.guid': 'text as other_payment_id',
    'paymentStatus': 'text as payment_status',
    'voidInfo.voidBusinessDate': 'text as void_business_day',
    'paidBusinessDate': 'text as paid_business_day',
    'amount': 'number',
    'tipAmount': 'number as tip_amount',
    'refund.refundBusinessDate': 'text as refund_business_day',
    'refund.refundAmount': 'number as refund_amount',
    'refund.tipRefundAmount': 'number as refund_tip',
}) }}
