{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'products'), {
    'id': 'text as product_code_id',
    'type': 'text as code_type',
    'code': 'text',
}, items='product_codes') }}
