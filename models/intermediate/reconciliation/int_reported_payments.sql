-- One row per payment and total of its till that holds it, by what the total covers: the business
-- day, or the time that its register was open; none for a payment outside of these times. And why
-- it may have no sale: the till names none, it gives back what was paid for a sale that we lack as
-- well, or the last 72 hours in which tills that were offline send theirs are not over.
with payments as (
    select * from {{ ref('int_payments') }}
),

sales as (
    select * from {{ ref('int_sales') }}
),

newest as (
    select account_id, max(paid_at) as paid_at
    from payments
    group by account_id
),

sold as (
    select distinct payments.account_id, payments.payment_id
    from payments
    inner join sales on payments.sale_key = sales.sale_key
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

placed as (
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
),

reported as (
    select
        placed.payment_key,
        placed.location_key,
        placed.reported_on,
        payments.reported_amount,
        payments.is_changed_since,
        case
            when sales.sale_key is not null then null
            when
                payments.sale_id is null or (payments.amount < 0 and sold.payment_id is null)
                then 'payment without a sale'
            when payments.paid_at > newest.paid_at - interval '72 hours' then 'sale not read yet'
        end as alone_because
    from placed
    inner join payments on placed.payment_key = payments.payment_key
    inner join newest on payments.account_id = newest.account_id
    left join sales on payments.sale_key = sales.sale_key
    left join sold
        on payments.account_id = sold.account_id
        and payments.refunded_payment_id = sold.payment_id
)

select * from reported
