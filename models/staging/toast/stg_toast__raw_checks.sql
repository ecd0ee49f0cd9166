{{ config(enabled='toast' in var('pos_sources'), materialized='view') }}
-- One row per check of every current raw order, read apart from the models that are checked
-- against it.
{{ staged_records(source('raw_toast', 'orders'), {
    'guid': 'text as check_id',
    'voided': 'boolean as is_voided',
    'totalAmount': 'number as total_amount',
}, items='checks') }}
