{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'configuration'), {
    'kind': 'text',
    'guid': 'text as setting_id',
    'name': 'text',
}) }}
