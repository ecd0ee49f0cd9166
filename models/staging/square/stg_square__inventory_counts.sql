{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'inventory_counts'), {
    'catalog_object_id': 'text',
    'location_id': 'text',
    'state': 'text',
    'quantity': 'number',
    'calculated_at': 'timestamp',
}) }}
