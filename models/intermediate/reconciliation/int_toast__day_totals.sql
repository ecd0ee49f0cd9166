{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per business day and tender: what was paid and given back on it, by the till's own list
-- of payments, which is read apart from the orders. An older payment, only seen because it was
-- given back, counts when its order was read as well. A day on which we have a payment and the list
-- has none is stated as no cash; a day that was not over when it was read is not stated, nor one
-- with a payment whose order may have come after the orders were last read.
with payments as (
    select
        payments.*,
        {{ toast_settled() }} as counts
    from {{ ref('stg_toast__payments') }} as payments
    where payment_id is not null
),

orders as (
    select distinct account_id, order_id from {{ ref('stg_toast__orders') }}
),

our_payments as (
    select * from {{ ref('int_toast__payments') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

read_in_full as (
    {{ last_read_of_both(ref('stg_toast__orders'), ref('stg_toast__payments')) }}
),

settings as (
    select * from {{ ref('stg_toast__configuration') }}
    where kind = 'alternatePaymentTypes'
),

locations as (
    select * from {{ ref('int_toast__locations') }}
),

history as (
    select account_id, min(paid_business_day) as first_day
    from payments
    where refund_business_day is null and void_business_day is null
    group by account_id
),

named as (
    select
        payments.*,
        history.first_day,
        {{ toast_tender('payments', 'settings') }} as tender_name,
        orders.order_id is not null as has_order
    from payments
    inner join history on payments.account_id = history.account_id
    left join orders
        on payments.account_id = orders.account_id and payments.order_id = orders.order_id
    left join settings
        on payments.account_id = settings.account_id
        and payments.other_payment_id = settings.setting_id
),

waiting as (
    select distinct named.account_id, {{ toast_date('named.paid_business_day') }} as business_date
    from named
    inner join read_in_full on named.account_id = read_in_full.account_id
    where named.extracted_at > read_in_full.read_at and named.counts = 1 and not named.has_order
),

takings as (
    select
        account_id, tender_name, paid_business_day as business_day, extracted_at,
        counts * (coalesce(amount, 0) + coalesce(tip_amount, 0)) as amount
    from named
    union all
    select
        account_id, tender_name, refund_business_day as business_day, extracted_at,
        -counts * (coalesce(refund_amount, 0) + coalesce(refund_tip, 0)) as amount
    from named
    where refund_business_day is not null and (has_order or paid_business_day >= first_day)
),

dated as (
    select
        account_id, tender_name, {{ toast_date('business_day') }} as business_date,
        extracted_at, amount
    from takings
    union all
    select
        our_payments.account_id,
        'CASH' as tender_name,
        {{ business_date(
            'our_payments.paid_at', 'coalesce(locations.time_zone, accounts.time_zone)',
            'accounts.day_cutoff_minutes'
        ) }} as business_date,
        cast(null as timestamp) as extracted_at,
        0 as amount
    from our_payments
    inner join accounts on our_payments.account_id = accounts.account_id
    inner join locations on our_payments.account_id = locations.account_id
),

covered as (
    select
        history.account_id,
        locations.location_id,
        {{ toast_date('history.first_day') }} as first_date,
        {{ business_date(
            'read_in_full.read_at', 'coalesce(locations.time_zone, accounts.time_zone)',
            'accounts.day_cutoff_minutes'
        ) }} as read_on
    from history
    inner join read_in_full on history.account_id = read_in_full.account_id
    inner join accounts on history.account_id = accounts.account_id
    inner join locations on history.account_id = locations.account_id
),

translated as (
    select
        dated.account_id, covered.location_id,
        cast(null as varchar) as register_id,
        dated.business_date,
        cast(null as timestamp) as covers_from, cast(null as timestamp) as covers_until,
        max(dated.extracted_at) as read_at,
        cast('tender' as varchar) as measure,
        cast(dated.tender_name as varchar) as tender_name,
        cast(sum(dated.amount) as numeric(18, 5)) as amount
    from dated
    inner join covered
        on dated.account_id = covered.account_id
        and dated.business_date >= covered.first_date
        and dated.business_date < covered.read_on
    left join waiting
        on dated.account_id = waiting.account_id and dated.business_date = waiting.business_date
    where waiting.account_id is null
    group by dated.account_id, covered.location_id, dated.business_date, dated.tender_name
)

select * from translated
