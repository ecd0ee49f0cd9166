{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'employees'), {
    'guid': 'text as employee_id',
    'firstName': 'text as first_name',
    'chosenName': 'text as chosen_name',
    'lastName': 'text as last_name',
    'email': 'text',
    'jobReferences.0.guid': 'text as first_job_id',
    'deleted': 'boolean as is_deleted',
}) }}
