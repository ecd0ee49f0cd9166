{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'sales'), {
    'name': 'text',
    'adjustment_type': 'text',
    'value': 'number',
}, items='adjustments') }}
