{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per device that opened checks. Toast gives it no name.
with checks as (
    select * from {{ ref('stg_toast__checks') }}
    where device_id is not null
),

locations as (
    select * from {{ ref('int_toast__locations') }}
),

translated as (
    select distinct
        checks.account_id,
        checks.device_id as register_id,
        cast(null as varchar) as register_name,
        locations.location_id
    from checks
    left join locations on checks.account_id = locations.account_id
)

select * from translated
