-- One row per location of an account. The same place under two tills shares its location_key:
-- its name comes from the seed location_names, else from the account when that has one location
-- only, else from the till.
with locations as (
    {{ union_sources('locations', [
        'account_id', 'location_id', 'location_name', 'time_zone', 'is_deleted'
    ]) }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

names as (
    select * from {{ ref('location_names') }}
),

counted as (
    select
        locations.*,
        count(*) over (partition by locations.account_id) as locations_of_account
    from locations
),

named as (
    select
        counted.account_id,
        counted.location_id,
        accounts.business_id,
        cast(
            coalesce(
                nullif(names.location_name, ''),
                case when counted.locations_of_account = 1 then accounts.location_name end,
                counted.location_name,
                counted.location_id
            ) as varchar
        ) as location_name,
        cast(coalesce(counted.time_zone, accounts.time_zone) as varchar) as time_zone,
        accounts.currency,
        counted.is_deleted
    from counted
    inner join accounts on counted.account_id = accounts.account_id
    left join names
        on counted.account_id = names.account_id and counted.location_id = names.location_id
),

keyed as (
    select
        named.account_id,
        named.location_id,
        cast(
            {{ dbt_utils.generate_surrogate_key([
                'named.business_id', 'lower(named.location_name)'
            ]) }} as varchar
        ) as location_key,
        named.location_name,
        named.business_id,
        named.time_zone,
        named.currency,
        named.is_deleted
    from named
)

select * from keyed
