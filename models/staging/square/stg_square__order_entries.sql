{{ config(enabled='square' in var('pos_sources')) }}

{{ staged_records(source('raw_square', 'orders'), {
    'uid': 'text as entry_uid',
    'name': 'text',
    'variation_name': 'text',
    'item_type': 'text',
    'catalog_object_id': 'text',
    'quantity': 'number',
    'note': 'text',
    'type': 'text as charge_type',
    'treatment_type': 'text',
    'base_price_money.amount': 'number as base_price_units',
    'gross_sales_money.amount': 'number as gross_sales_units',
    'gross_return_money.amount': 'number as gross_return_units',
    'total_discount_money.amount': 'number as discount_units',
    'total_tax_money.amount': 'number as tax_units',
    'total_service_charge_money.amount': 'number as service_charge_units',
    'applied_money.amount': 'number as applied_units',
    'amount_money.amount': 'number as amount_units',
    'total_money.amount': 'number as total_units',
}, items=['line_items', 'returns.return_line_items', 'service_charges', 'returns.return_service_charges']) }}
