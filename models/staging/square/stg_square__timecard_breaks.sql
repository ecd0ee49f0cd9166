{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'timecards'), {
    'id': 'text as break_id',
    'is_paid': 'boolean',
    'start_at': 'timestamp',
    'end_at': 'timestamp',
}, items='breaks') }}
