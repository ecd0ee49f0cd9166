{{ config(enabled='lightspeed_k' in var('pos_sources'), materialized='view') }}
-- One row per current raw sale and item: which there are, read apart from the models that are
-- checked against it.
with records as (
    select
        cast(record_hash as varchar) as _version_id,
        'sales' as entity,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id
    from {{ source('raw_lightspeed_k', 'sales') }}
    where _dlt_valid_to is null
    union all
    select
        cast(record_hash as varchar) as _version_id,
        'products' as entity,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id
    from {{ source('raw_lightspeed_k', 'items') }}
    where _dlt_valid_to is null
)

select * from records
