{{ config(enabled='square' in var('pos_sources'), materialized='view') }}
-- One row per current raw record of the till's lists of customers and products (its variations):
-- which there are, read apart from the models that are checked against it.
with customers as (
    select
        'customers' as entity,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id
    from {{ source('raw_square', 'customers') }}
    where _dlt_valid_to is null
),

objects as (
    select
        account_id,
        record_id,
        {{ json_payload('raw.payload') }} as payload
    from {{ source('raw_square', 'catalog_objects') }} as raw
    where raw._dlt_valid_to is null
),

typed_objects as (
    {{ json_fields('objects', ['type', 'id']) }}
),

records as (
    select entity, account_id, record_id from customers
    union all
    select
        'products' as entity,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id
    from typed_objects
    where "type" = 'ITEM_VARIATION'
)

select * from records
