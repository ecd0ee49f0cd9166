{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'payments'), {
    'sale_id': 'text',
    'payment_id': 'text',
    'paid_at': 'timestamp',
    'tender_name': 'text',
    'amount': 'number',
}, root='_mapped') }}
