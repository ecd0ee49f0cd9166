{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'sale_lines'), {
    'sale_id': 'text',
    'line_number': 'text',
    'product_id': 'text',
    'description': 'text',
    'quantity': 'number',
    'unit_price': 'number',
    'discount_amount': 'number',
    'net_amount': 'number',
    'tax_amount': 'number',
    'unit_cost': 'number',
    'is_return': 'boolean',
    'receipt_number': 'text',
    'sold_at': 'timestamp',
    'customer_id': 'text',
    'employee_id': 'text',
    'location_id': 'text',
    'register_id': 'text',
    'country': 'text',
    'status': 'text',
}, root='_mapped') }}
