{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'sales'), {
    'id': 'text as line_id',
    'parentLineId': 'text as parent_line_id',
    'name': 'text',
    'nameOverride': 'text as name_override',
    'sku': 'text',
    'quantity': 'number',
    'menuListPrice': 'number as list_price',
    'unitCostPrice': 'number as unit_cost',
    'totalNetAmountWithTax': 'number as amount_with_tax',
    'totalNetAmountWithoutTax': 'number as amount_without_tax',
    'taxAmount': 'number as tax_amount',
    'taxLines.0.taxIncluded': 'boolean as is_tax_included',
    'serviceCharge': 'number as service_charge',
    'totalDiscountAmount': 'number as discount_amount',
    'staffId': 'text as staff_id',
    'voidReason': 'text as void_reason',
}, items='salesLines') }}
