-- One row per place. The same place under several tills is one row.
with locations as (
    select * from {{ ref('int_locations') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

ranked as (
    select
        locations.*,
        row_number() over (
            partition by locations.location_key
            order by accounts.account_rank desc, locations.location_id
        ) as newest_first
    from locations
    inner join accounts on locations.account_id = accounts.account_id
),

described as (
    select
        location_key,
        cast(business_id as varchar) as business_id,
        location_name,
        time_zone,
        cast(currency as varchar) as currency
    from ranked
    where newest_first = 1
)

select * from described
