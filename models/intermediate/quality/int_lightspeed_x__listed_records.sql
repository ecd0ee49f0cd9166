{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and id in the till's lists of customers and products. An
-- id that stands there twice is one; records without an id are counted together.
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

layers as (
    select 'staging' as layer, entity, account_id, listed_id from staged
    union all
    select
        'raw' as layer,
        raw_records.entity,
        raw_records.account_id,
        case
            when staged.record_id is null then raw_records.record_id else staged.listed_id
        end as listed_id
    from raw_records
    left join staged
        on raw_records.entity = staged.entity
        and raw_records.account_id = staged.account_id
        and raw_records.record_id = staged.record_id
),

counted as (
    select
        layer,
        entity,
        account_id,
        listed_id,
        case when listed_id is null then count(*) else 1 end as row_count
    from layers
    group by layer, entity, account_id, listed_id
)

select * from counted
