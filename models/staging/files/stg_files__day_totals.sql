{{ config(enabled='files' in var('pos_sources')) }}

{{ staged_records(source('raw_files', 'day_totals'), {
    'business_date': 'date',
    'location_id': 'text',
    'register_id': 'text',
    'gross_sales': 'number',
    'discounts': 'number',
    'returns': 'number',
    'net_sales': 'number',
    'tax': 'number',
    'tips': 'number',
    'service_charges': 'number',
    'gift_cards': 'number',
    'cash': 'number',
    'card': 'number',
    'cheque': 'number',
    'gift_card': 'number',
    'store_credit': 'number',
    'on_account': 'number',
    'online': 'number',
}, root='_mapped') }}
