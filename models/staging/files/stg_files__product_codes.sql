{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'product_codes'), {
    'product_id': 'text',
    'code_type': 'text',
    'code': 'text',
}, root='_mapped') }}
