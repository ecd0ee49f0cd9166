{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and id in the till's lists of customers and products.
with raw_records as (
    select * from {{ ref('stg_lightspeed_x__raw_records') }}
),

staged as (
    select 'customers' as entity, account_id, record_id, customer_id as listed_id
    from {{ ref('stg_lightspeed_x__customers') }}
    union all
    select 'products' as entity, account_id, record_id, product_id as listed_id
    from {{ ref('stg_lightspeed_x__products') }}
),

counted as (
    {{ listed_records('raw_records', 'staged') }}
)

select * from counted
