{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'shifts'), {
    'eventType': 'text as event_type',
    'timestamp': 'timestamp as happened_at',
    'createdOn': 'timestamp as created_at',
}, items='events') }}
