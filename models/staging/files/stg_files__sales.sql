{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'sales'), {
    'sale_id': 'text',
    'receipt_number': 'text',
    'location_id': 'text',
    'register_id': 'text',
    'employee_id': 'text',
    'customer_id': 'text',
    'sold_at': 'timestamp',
    'status': 'text',
    'net_amount': 'number',
    'discount_amount': 'number',
    'tax_amount': 'number',
    'total_amount': 'number',
    'return_of_sale_id': 'text',
    'note': 'text',
    'is_return': 'boolean',
}, root='_mapped') }}
