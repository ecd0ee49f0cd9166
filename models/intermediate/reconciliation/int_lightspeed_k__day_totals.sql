{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per complete business day, location and tender: what K-Series lists as paid on that day,
-- as it cuts its days. A day on which it lists nothing is stated as no cash, one that it is not
-- done with is not stated.
with days as (
    select * from {{ ref('stg_lightspeed_k__business_days') }}
    where is_complete and business_date is not null
),

listed_sales as (
    select * from {{ ref('int_lightspeed_k__listed_sales') }}
),

payments as (
    select
        payments._version_id,
        coalesce(payments.description, payments.code) as tender_name,
        {{ lightspeed_k_paid() }} as amount
    from {{ ref('stg_lightspeed_k__business_day_payments') }} as payments
    inner join listed_sales
        on payments._version_id = listed_sales._version_id
        and payments.parent_position = listed_sales.item_position
),

translated as (
    select
        days.account_id,
        days.location_id,
        cast(null as varchar) as register_id,
        days.business_date,
        cast(null as timestamp) as covers_from,
        cast(null as timestamp) as covers_until,
        max(days.extracted_at) as read_at,
        cast('tender' as varchar) as measure,
        cast(
            case when payments._version_id is null then 'Cash' else payments.tender_name end
            as varchar
        ) as tender_name,
        cast(coalesce(sum(payments.amount), 0) as numeric(18, 5)) as amount
    from days
    left join payments on days._version_id = payments._version_id
    group by
        days.account_id, days.location_id, days.business_date, payments._version_id,
        payments.tender_name
)

select * from translated
