{{ config(enabled='lightspeed_k' in var('pos_sources'), materialized='view') }}
-- One row per current raw sale and item: which there are, read apart from the models that are
-- checked against it.
with records as (
    {{ raw_records({
        'sales': source('raw_lightspeed_k', 'sales'),
        'products': source('raw_lightspeed_k', 'items'),
    }) }}
)

select * from records
