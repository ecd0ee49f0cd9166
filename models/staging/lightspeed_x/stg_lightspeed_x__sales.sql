{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'sales'), {
    'id': 'text as sale_id',
    'outlet_id': 'text',
    'register_id': 'text',
    'user_id': 'text',
    'customer_id': 'text',
    'invoice_number': 'text',
    'receipt_number': 'text',
    'source': 'text',
    'status': 'text',
    'note': 'text',
    'return_for': 'text',
    'total_price': 'number',
    'total_tax': 'number',
    'sale_date': 'timestamp',
    'created_at': 'timestamp',
    'updated_at': 'timestamp',
    'deleted_at': 'timestamp',
    'version': 'number',
}) }}
