-- One row per payment and total of its till that holds it, by what the total covers: the business
-- day, or the time that its register was open; none for a payment outside of these times.
with payments as (
    select * from {{ ref('int_payments') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

totals as (
    select * from {{ ref('int_day_totals') }}
),

windows as (
    select distinct
        account_id, location_key, register_id, business_date, covers_from, covers_until
    from totals
    where covers_from is not null
),

by_register as (
    select distinct account_id, location_key from windows
),

by_day as (
    select
        payments.payment_key,
        locations.location_key,
        coalesce(payments.reported_on, payments.business_date) as reported_on
    from payments
    inner join locations
        on payments.account_id = locations.account_id
        and payments.location_id = locations.location_id
    left join by_register
        on locations.account_id = by_register.account_id
        and locations.location_key = by_register.location_key
    where by_register.account_id is null
),

reported as (
    select payment_key, location_key, reported_on from by_day
    union all
    select
        payments.payment_key,
        windows.location_key,
        windows.business_date as reported_on
    from payments
    inner join windows
        on payments.account_id = windows.account_id
        and payments.register_id = windows.register_id
        and payments.paid_at >= windows.covers_from
        and payments.paid_at < windows.covers_until
)

select * from reported
