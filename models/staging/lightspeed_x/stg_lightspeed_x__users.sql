{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'users'), {
    'id': 'text as user_id',
    'username': 'text',
    'display_name': 'text',
    'email': 'text',
    'account_type': 'text',
    'enabled': 'boolean',
    'deleted_at': 'timestamp',
    'version': 'number',
}) }}
