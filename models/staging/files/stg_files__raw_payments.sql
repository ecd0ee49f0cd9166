{{ config(enabled='files' in var('pos_sources')) }}
-- One row per current raw tender: its amount, read apart from stg_files__payments, which is
-- checked against it.
{{ staged_records(source('raw_files', 'payments'), {
    'sale_id': 'text',
    'amount': 'number',
}, root='_mapped') }}
