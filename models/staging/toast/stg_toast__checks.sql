{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'orders'), {
    'guid': 'text as check_id',
    'displayNumber': 'text as display_number',
    'tabName': 'text as tab_name',
    'paymentStatus': 'text as payment_status',
    'openedDate': 'timestamp as opened_at',
    'paidDate': 'timestamp as paid_at',
    'voided': 'boolean as is_voided',
    'deleted': 'boolean as is_deleted',
    'amount': 'number',
    'taxAmount': 'number as tax_amount',
    'totalAmount': 'number as total_amount',
    'createdDevice.id': 'text as device_id',
    'customer.guid': 'text as customer_id',
    'customer.firstName': 'text as first_name',
    'customer.lastName': 'text as last_name',
    'customer.phone': 'text as phone',
    'customer.email': 'text as email',
}, items='checks') }}
