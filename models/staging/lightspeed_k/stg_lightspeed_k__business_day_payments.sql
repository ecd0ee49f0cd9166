{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'sales_daily'), {
    'code': 'text',
    'description': 'text',
    'netAmountWithTax': 'number as net_amount',
    'tip': 'number',
    'surcharge': 'number',
}, items='payments', parent='sales') }}
