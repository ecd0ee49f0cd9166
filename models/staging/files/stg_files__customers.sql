{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'customers'), {
    'customer_id': 'text',
    'customer_code': 'text',
    'full_name': 'text',
    'first_name': 'text',
    'last_name': 'text',
    'company_name': 'text',
    'email': 'text',
    'phone': 'text',
    'mobile': 'text',
    'address_1': 'text',
    'address_2': 'text',
    'city': 'text',
    'state': 'text',
    'postcode': 'text',
    'country': 'text',
    'birth_date': 'date',
    'created_at': 'timestamp',
    'is_active': 'boolean',
}, root='_mapped') }}
