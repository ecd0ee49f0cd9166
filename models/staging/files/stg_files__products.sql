{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'products'), {
    'product_id': 'text',
    'sku': 'text',
    'product_name': 'text',
    'description': 'text',
    'brand': 'text',
    'category': 'text',
    'supplier_name': 'text',
    'supplier_code': 'text',
    'barcode': 'text',
    'price': 'number',
    'cost': 'number',
    'is_active': 'boolean',
    'created_at': 'timestamp',
}, root='_mapped') }}
