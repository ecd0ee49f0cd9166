{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'register_closures'), {
    'register_id': 'text',
    'register_closure_sequence_number': 'number as sequence_number',
    'register_open_time': 'timestamp',
    'register_close_time': 'timestamp',
}) }}
