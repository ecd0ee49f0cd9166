{{ config(enabled='files' in var('pos_sources'), materialized='view') }}
-- One row per current raw record of the till's lists of customers and products: which there are,
-- read apart from the models that are checked against it.
with records as (
    {{ raw_records({
        'customers': source('raw_files', 'customers'),
        'products': source('raw_files', 'products'),
    }) }}
)

select * from records
