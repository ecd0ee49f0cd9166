{{ config(enabled='files' in var('pos_sources'), materialized='view') }}
-- One row per current raw record of the till's lists of customers and products: which there are,
-- read apart from the models that are checked against it.
with records as (
    select
        'customers' as entity,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id
    from {{ source('raw_files', 'customers') }}
    where _dlt_valid_to is null
    union all
    select
        'products' as entity,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id
    from {{ source('raw_files', 'products') }}
    where _dlt_valid_to is null
)

select * from records
