{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per layer (raw, staging) and product in the till's list, by its SKU.
with raw_records as (
    select * from {{ ref('stg_lightspeed_k__raw_records') }}
    where entity = 'products'
),

staged as (
    select
        'products' as entity,
        account_id,
        record_id,
        {{ lightspeed_k_product_id() }} as listed_id
    from {{ ref('stg_lightspeed_k__items') }}
),

counted as (
    {{ listed_records('raw_records', 'staged') }}
)

select * from counted
