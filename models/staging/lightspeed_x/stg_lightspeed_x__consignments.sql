{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'consignments'), {
    'id': 'text as consignment_id',
    'outlet_id': 'text',
    'source_outlet_id': 'text',
    'supplier_id': 'text',
    'name': 'text',
    'reference': 'text',
    'type': 'text',
    'status': 'text',
    'consignment_date': 'timestamp',
    'received_at': 'timestamp',
    'created_at': 'timestamp',
    'updated_at': 'timestamp',
    'deleted_at': 'timestamp',
    'version': 'number',
}) }}
