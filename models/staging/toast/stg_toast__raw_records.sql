{{ config(enabled='toast' in var('pos_sources'), materialized='view') }}
-- One row per current raw item of the menus: which there are, read apart from the model that is
-- checked against it.
with records as (
    {{ raw_records({
        'products': source('raw_toast', 'menu_items'),
    }) }}
)

select * from records
