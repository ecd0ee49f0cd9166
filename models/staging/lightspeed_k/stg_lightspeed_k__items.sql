{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'items'), {
    'id': 'text as item_id',
    'businessLocationId': 'text as location_id',
    'name': 'text',
    'sku': 'text',
    'active': 'boolean',
    'barcode': 'text',
    'accountingGroup.name': 'text as accounting_group',
    'costPrice': 'number as cost_price',
    'prices.0.amount': 'number as first_price',
    'disabled': 'boolean as is_stock_disabled',
}) }}
