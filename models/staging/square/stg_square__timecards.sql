{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'timecards'), {
    'id': 'text as timecard_id',
    'location_id': 'text',
    'team_member_id': 'text',
    'status': 'text',
    'start_at': 'timestamp',
    'end_at': 'timestamp',
    'wage.title': 'text as job_title',
    'wage.hourly_rate.amount': 'number as hourly_rate_units',
    'wage.hourly_rate.currency': 'text as currency',
    'declared_cash_tip_money.amount': 'number as cash_tip_units',
}) }}
