{{ config(enabled='files' in var('pos_sources')) }}
-- One row per current raw sale header: its totals, read apart from stg_files__sales, which is
-- checked against it.
{{ staged_records(source('raw_files', 'sales'), {
    'sale_id': 'text',
    'net_amount': 'number',
    'tax_amount': 'number',
    'total_amount': 'number',
}, root='_mapped') }}
