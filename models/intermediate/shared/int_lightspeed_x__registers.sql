{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per register.
with registers as (
    select * from {{ ref('stg_lightspeed_x__registers') }}
),

translated as (
    select
        account_id,
        register_id,
        name as register_name,
        outlet_id as location_id
    from registers
    where register_id is not null
)

select * from translated
