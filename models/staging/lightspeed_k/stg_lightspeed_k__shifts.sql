{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'shifts'), {
    'uuid': 'text as shift_uuid',
    'businessLocationId': 'text as location_id',
    'staffId': 'text as staff_id',
    'declaredCashTips': 'number as declared_cash_tips',
}) }}
