{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'staff'), {
    'staffId': 'text as staff_id',
    'username': 'text',
    'firstName': 'text as first_name',
    'lastName': 'text as last_name',
    'email': 'text',
    'active': 'boolean',
    'modifiedOn': 'timestamp as modified_at',
}) }}
