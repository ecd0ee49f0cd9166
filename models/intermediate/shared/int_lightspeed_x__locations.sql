{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per outlet.
with outlets as (
    select * from {{ ref('stg_lightspeed_x__outlets') }}
),

translated as (
    select
        account_id,
        outlet_id as location_id,
        name as location_name,
        time_zone,
        deleted_at is not null as is_deleted
    from outlets
    where outlet_id is not null
)

select * from translated
