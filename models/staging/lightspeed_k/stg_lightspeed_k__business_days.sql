{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'sales_daily'), {
    'date': 'date as business_date',
    'businessLocationId': 'text as location_id',
    'dataComplete': 'boolean as is_complete',
}) }}
