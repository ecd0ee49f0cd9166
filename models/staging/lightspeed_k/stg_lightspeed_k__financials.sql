{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'financials'), {
    'businessDate': 'date as business_date',
}) }}
