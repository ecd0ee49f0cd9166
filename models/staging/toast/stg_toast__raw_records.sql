{{ config(enabled='toast' in var('pos_sources'), materialized='view') }}
-- One row per current raw item of the menus: which there are, read apart from the model that is
-- checked against it.
with records as (
    select
        cast(record_hash as varchar) as _version_id,
        'products' as entity,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id
    from {{ source('raw_toast', 'menu_items') }}
    where _dlt_valid_to is null
)

select * from records
