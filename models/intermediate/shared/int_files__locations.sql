{{ config(enabled='files' in var('pos_sources')) }}
-- One row per location: those of a location list, those that only sales name, and `main` for an
-- account whose files name none.
with locations as (
    select * from {{ ref('stg_files__locations') }}
),

sales as (
    select * from {{ ref('int_files__sales') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

named_by_sales as (
    select distinct
        account_id,
        location_id
    from sales
),

all_ids as (
    select
        account_id,
        location_id
    from locations
    where location_id is not null
    union
    select
        account_id,
        location_id
    from named_by_sales
    union
    select
        account_id,
        'main' as location_id
    from accounts
    where source = 'files'
),

translated as (
    select
        all_ids.account_id,
        all_ids.location_id,
        coalesce(locations.location_name, all_ids.location_id) as location_name,
        locations.time_zone,
        false as is_deleted
    from all_ids
    left join locations
        on all_ids.account_id = locations.account_id and all_ids.location_id = locations.location_id
    where all_ids.location_id <> 'main'
        or not exists (
            select 1 from locations as listed where listed.account_id = all_ids.account_id
        )
        or exists (
            select 1 from named_by_sales
            where named_by_sales.account_id = all_ids.account_id
                and named_by_sales.location_id = 'main'
        )
)

select * from translated
