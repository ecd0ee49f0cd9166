{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per account: each is one restaurant. One that is not loaded yet is called main.
with accounts as (
    select * from {{ ref('int_accounts') }}
    where source = 'toast'
),

restaurants as (
    select * from {{ ref('stg_toast__restaurants') }}
    where restaurant_id is not null
),

latest as (
    {{ one_per_key('restaurants', 'account_id') }}
),

translated as (
    select
        accounts.account_id,
        cast(coalesce(latest.restaurant_id, 'main') as varchar) as location_id,
        latest.name as location_name,
        latest.time_zone,
        coalesce(latest.is_archived, false) as is_deleted
    from accounts
    left join latest on accounts.account_id = latest.account_id
)

select * from translated
