{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'team_members'), {
    'id': 'text as team_member_id',
    'given_name': 'text',
    'family_name': 'text',
    'email_address': 'text',
    'status': 'text',
    'is_owner': 'boolean',
    'wage_setting.job_assignments.0.job_title': 'text as job_title',
}) }}
