{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'sales_daily'), {
    'accountFiscId': 'text as account_fisc_id',
}, items='sales') }}
