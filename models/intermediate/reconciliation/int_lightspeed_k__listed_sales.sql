{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per sale in the till's list of a complete business day. A sale that was edited stands in
-- the list of the day of the edit; the older list, which is not read again, still has it: the
-- newest complete list counts.
with days as (
    select * from {{ ref('stg_lightspeed_k__business_days') }}
    where is_complete and business_date is not null
),

sales as (
    select * from {{ ref('stg_lightspeed_k__business_day_sales') }}
),

listed as (
    select
        days._version_id,
        days.account_id,
        days.location_id,
        days.business_date,
        days.extracted_at,
        sales.item_position,
        days.location_id || '|' || sales.account_fisc_id as sale_id,
        max(days.business_date) over (
            partition by days.account_id, days.location_id, sales.account_fisc_id
        ) as newest_date
    from days
    inner join sales on days._version_id = sales._version_id
)

select * from listed
where sale_id is null or business_date = newest_date
