{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'customers'), {
    'id': 'text as customer_id',
    'reference_id': 'text',
    'given_name': 'text',
    'family_name': 'text',
    'nickname': 'text',
    'company_name': 'text',
    'email_address': 'text',
    'phone_number': 'text',
    'birthday': 'text',
    'address.address_line_1': 'text as address_1',
    'address.address_line_2': 'text as address_2',
    'address.locality': 'text as city',
    'address.administrative_district_level_1': 'text as state',
    'address.postal_code': 'text as postcode',
    'address.country': 'text as country',
    'created_at': 'timestamp',
    'updated_at': 'timestamp',
}) }}
