{{ config(enabled='square' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and id in the till's lists of customers and products
-- (its variations).
with raw_records as (
    select * from {{ ref('stg_square__raw_records') }}
),

staged as (
    select 'customers' as entity, account_id, record_id, customer_id as listed_id
    from {{ ref('stg_square__customers') }}
    union all
    select 'products' as entity, account_id, record_id, object_id as listed_id
    from {{ ref('stg_square__catalog_objects') }}
    where type = 'ITEM_VARIATION'
),

counted as (
    {{ listed_records('raw_records', 'staged') }}
)

select * from counted
