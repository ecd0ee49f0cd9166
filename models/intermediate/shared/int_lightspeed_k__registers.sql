{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per device that opened sales, at the location that it was last seen at.
with sales as (
    select * from {{ ref('stg_lightspeed_k__sales') }}
    where device_id is not null
),

latest as (
    {{ one_per_key('sales', 'device_id', 'closed_at desc') }}
),

translated as (
    select
        account_id,
        device_id as register_id,
        device_name as register_name,
        location_id
    from latest
)

select * from translated
