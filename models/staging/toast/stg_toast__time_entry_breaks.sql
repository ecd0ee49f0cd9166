{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'time_entries'), {
    'guid': 'text as break_id',
    'paid': 'boolean as is_paid',
    'inDate': 'timestamp as began_at',
    'outDate': 'timestamp as ended_at',
}, items='breaks') }}
