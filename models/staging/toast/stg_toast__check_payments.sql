{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'orders'), {
    'guid': 'text as payment_id',
    'type': 'text',
    'otherPayment.guid': 'text as other_payment_id',
    'paymentStatus': 'text as payment_status',
    'voidInfo.voidBusinessDate': 'text as void_business_day',
    'paidDate': 'timestamp as paid_at',
    'amount': 'number',
    'tipAmount': 'number as tip_amount',
    'refund.refundAmount': 'number as refund_amount',
    'refund.tipRefundAmount': 'number as refund_tip',
    'refund.refundDate': 'timestamp as refunded_at',
    'createdDevice.id': 'text as device_id',
    'server.guid': 'text as server_id',
}, items='payments', parent='checks') }}
