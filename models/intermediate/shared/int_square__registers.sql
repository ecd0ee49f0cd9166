{{ config(enabled='square' in var('pos_sources')) }}
-- One row per device that took payments, at the location that it was last seen at.
with payments as (
    select * from {{ ref('stg_square__payments') }}
    where device_id is not null
),

latest as (
    {{ one_per_key('payments', 'device_id', 'created_at desc') }}
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
