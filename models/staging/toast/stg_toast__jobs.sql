{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'jobs'), {
    'guid': 'text as job_id',
    'title': 'text',
}) }}
