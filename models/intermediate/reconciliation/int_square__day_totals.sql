{{ config(enabled='square' in var('pos_sources')) }}
-- One row per day, location and tender: what Square took and gave back, by the day and place of the
-- payment or refund itself, whatever its order says.
with payments as (
    select * from {{ ref('int_square__payments') }}
),

takings as (
    select account_id, payment_id, location_id
    from {{ ref('stg_square__payments') }}
    union all
    select account_id, refund_id as payment_id, location_id
    from {{ ref('stg_square__refunds') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

placed as (
    select
        payments.account_id,
        takings.location_id,
        {{ business_date(
            'payments.paid_at', 'locations.time_zone', 'accounts.day_cutoff_minutes'
        ) }} as business_date,
        payments.tender_name,
        payments.amount
    from payments
    inner join takings
        on payments.account_id = takings.account_id and payments.payment_id = takings.payment_id
    inner join locations
        on takings.account_id = locations.account_id and takings.location_id = locations.location_id
    inner join accounts on payments.account_id = accounts.account_id
),

translated as (
    select
        account_id,
        location_id,
        cast(null as varchar) as register_id,
        business_date,
        cast(null as timestamp) as covers_from,
        cast(null as timestamp) as covers_until,
        cast(null as timestamp) as read_at,
        cast('tender' as varchar) as measure,
        tender_name,
        cast(sum(amount) as numeric(18, 5)) as amount
    from placed
    group by account_id, location_id, business_date, tender_name
)

select * from translated
