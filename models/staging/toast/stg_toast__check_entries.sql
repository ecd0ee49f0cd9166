{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'orders'), {
    'guid': 'text as entry_id',
    'displayName': 'text as display_name',
    'name': 'text as charge_name',
    'item.guid': 'text as item_id',
    'selectionType': 'text as selection_type',
    'deferred': 'boolean as is_deferred',
    'gratuity': 'boolean as is_gratuity',
    'serviceChargeCategory': 'text as charge_category',
    'quantity': 'number',
    'receiptLinePrice': 'number as receipt_line_price',
    'preDiscountPrice': 'number as price_before_discount',
    'price': 'number',
    'tax': 'number as tax_amount',
    'chargeAmount': 'number as charge_amount',
    'appliedTaxes.taxAmount': 'sum as applied_tax',
    'modifiers.price': 'sum of deferred but voided as deferred_modifiers',
    'voided': 'boolean as is_voided',
    'refundDetails.refundAmount': 'number as refunded_amount',
    'refundDetails.taxRefundAmount': 'number as refunded_tax',
}, items=['selections', 'appliedServiceCharges'], parent='checks') }}
