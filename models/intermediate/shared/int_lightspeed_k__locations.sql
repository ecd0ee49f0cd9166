{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per location: those that the till lists or has listed, and those that only sales name.
-- One that is no longer listed is kept, and marked as deleted.
with locations as (
    select * from {{ ref('stg_lightspeed_k__locations') }}
    where location_id is not null
),

named_by_sales as (
    select distinct account_id, location_id
    from {{ ref('stg_lightspeed_k__sales') }}
    where location_id is not null
),

translated as (
    select
        coalesce(locations.account_id, named_by_sales.account_id) as account_id,
        coalesce(locations.location_id, named_by_sales.location_id) as location_id,
        locations.name as location_name,
        locations.time_zone,
        coalesce(locations.is_gone, false) as is_deleted
    from locations
    full outer join named_by_sales
        on locations.account_id = named_by_sales.account_id
        and locations.location_id = named_by_sales.location_id
)

select * from translated
