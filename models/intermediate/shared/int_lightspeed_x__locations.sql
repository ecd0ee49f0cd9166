{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per outlet: those of the till's list, and those that only sales name (an export may lack
-- the list).
with outlets as (
    select * from {{ ref('stg_lightspeed_x__outlets') }}
),

sales as (
    select * from {{ ref('stg_lightspeed_x__sales') }}
),

named_by_sales as (
    select distinct
        account_id,
        outlet_id
    from sales
    where outlet_id is not null
),

translated as (
    select
        coalesce(outlets.account_id, named_by_sales.account_id) as account_id,
        coalesce(outlets.outlet_id, named_by_sales.outlet_id) as location_id,
        outlets.name as location_name,
        outlets.time_zone,
        outlets.deleted_at is not null as is_deleted
    from outlets
    full outer join named_by_sales
        on outlets.account_id = named_by_sales.account_id
        and outlets.outlet_id = named_by_sales.outlet_id
    where coalesce(outlets.outlet_id, named_by_sales.outlet_id) is not null
)

select * from translated
