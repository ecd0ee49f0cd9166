{{ config(enabled='lightspeed_x' in var('pos_sources'), materialized='view') }}
-- One row per current raw record of the till's lists of customers and products: which there are,
-- read apart from the models that are checked against it.
with records as (
    {{ raw_records({
        'customers': source('raw_lightspeed_x', 'customers'),
        'products': source('raw_lightspeed_x', 'products'),
    }) }}
)

select * from records
