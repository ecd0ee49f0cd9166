{{ config(enabled='square' in var('pos_sources')) }}
-- One row per location of the seller: those of the till's list, and those that only orders name.
with locations as (
    select * from {{ ref('stg_square__locations') }}
),

orders as (
    select * from {{ ref('stg_square__orders') }}
),

named_by_orders as (
    select distinct
        account_id,
        location_id
    from orders
    where location_id is not null
),

translated as (
    select
        coalesce(locations.account_id, named_by_orders.account_id) as account_id,
        coalesce(locations.location_id, named_by_orders.location_id) as location_id,
        locations.name as location_name,
        locations.time_zone,
        false as is_deleted
    from locations
    full outer join named_by_orders
        on locations.account_id = named_by_orders.account_id
        and locations.location_id = named_by_orders.location_id
    where coalesce(locations.location_id, named_by_orders.location_id) is not null
)

select * from translated
