{{ config(enabled='lightspeed_x' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_x', 'sales'), {
    'id': 'text as line_id',
    'product_id': 'text',
    'quantity': 'number',
    'unit_price': 'number',
    'price': 'number',
    'total_price': 'number',
    'price_total': 'number',
    'total_discount': 'number',
    'discount_total': 'number',
    'total_tax': 'number',
    'tax_total': 'number',
    'total_cost': 'number',
    'cost_total': 'number',
    'salesperson_id': 'text',
    'sequence': 'number',
    'status': 'text',
    'note': 'text',
    'is_return': 'boolean',
}, items='line_items') }}
