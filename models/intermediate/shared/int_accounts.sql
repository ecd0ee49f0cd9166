-- One row per account of the shop, with what the money and day rules need to know of it.
with accounts as (
    select * from {{ ref('pos_accounts') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

described as (
    select
        cast(accounts.account_id as varchar) as account_id,
        cast(accounts.business_id as varchar) as business_id,
        cast(accounts.source as varchar) as source,
        cast(coalesce(nullif(accounts.mapping, ''), accounts.source) as varchar) as rule_scope,
        cast(accounts.till_name as varchar) as till_name,
        cast(nullif(accounts.location_name, '') as varchar) as location_name,
        cast(accounts.time_zone as varchar) as time_zone,
        cast(
            60 * cast(substr(accounts.day_cutoff, 1, 2) as integer)
            + cast(substr(accounts.day_cutoff, 4, 2) as integer) as integer
        ) as day_cutoff_minutes,
        {{ to_date("nullif(accounts.active_from, '')") }} as active_from,
        {{ to_date("nullif(accounts.active_to, '')") }} as active_to,
        cast(accounts.currency as varchar) as currency,
        cast(currencies.units_per_major as integer) as units_per_major,
        cast(currencies.minor_unit as numeric(6, 5)) as minor_unit,
        cast(
            row_number() over (
                partition by accounts.business_id
                order by nullif(accounts.active_from, '') nulls last, accounts.account_id
            ) as integer
        ) as account_rank
    from accounts
    inner join currencies on accounts.currency = currencies.currency
)

select * from described
