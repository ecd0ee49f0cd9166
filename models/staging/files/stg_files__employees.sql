{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'employees'), {
    'employee_id': 'text',
    'employee_name': 'text',
    'email': 'text',
    'role': 'text',
    'is_active': 'boolean',
}, root='_mapped') }}
