{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per payment of a check, tip included, and one per refund of it on the day of the refund.
-- Money that was voided, denied or never came is kept at zero; an unknown status counts. Beside it
-- stands what the till's own list of payments, which is read apart, says of it.
with payments as (
    select
        payments.*,
        {{ toast_check_version('payments') }} as check_version_id
    from {{ ref('stg_toast__check_payments') }} as payments
),

refunds as (
    select * from {{ ref('int_toast__refunds') }}
),

settings as (
    select * from {{ ref('stg_toast__configuration') }}
    where kind = 'alternatePaymentTypes'
),

sales as (
    select * from {{ ref('int_toast__sales') }}
),

listed as (
    select
        account_id,
        payment_id,
        max(extracted_at) as extracted_at,
        max({{ toast_settled() }} * (coalesce(amount, 0) + coalesce(tip_amount, 0))) as amount,
        max({{ toast_settled() }} * (coalesce(refund_amount, 0) + coalesce(refund_tip, 0)))
            as refund_amount
    from {{ ref('stg_toast__payments') }}
    group by account_id, payment_id
),

named as (
    select
        payments.*,
        coalesce(
            payments.payment_id, 'payment ' || cast(payments.item_position as varchar)
        ) as taking_id,
        {{ toast_tender('payments', 'settings') }} as tender_name
    from payments
    left join settings
        on payments.account_id = settings.account_id
        and payments.other_payment_id = settings.setting_id
),

takings as (
    select
        check_version_id as _version_id, payment_id, taking_id, false as is_refund, device_id,
        tender_name, paid_at,
        {{ toast_settled() }} * (coalesce(amount, 0) + coalesce(tip_amount, 0)) as amount
    from named
    union all
    select
        refunds._version_id, named.payment_id, named.taking_id || '|refund' as taking_id,
        true as is_refund, refunds.device_id, named.tender_name, refunds.refunded_at as paid_at,
        -refunds.total as amount
    from refunds
    inner join named
        on refunds.check_version_id = named.check_version_id
        and refunds.payment_position = named.item_position
),

translated as (
    select
        cast(takings._version_id as varchar) as _version_id,
        sales.account_id,
        sales.sale_id,
        cast(takings.taking_id as varchar) as payment_id,
        takings.device_id as register_id,
        cast(null as varchar) as location_id,
        cast(null as varchar) as refunded_payment_id,
        cast(null as date) as reported_on,
        cast(
            case
                when takings.is_refund then -coalesce(listed.refund_amount, 0)
                else coalesce(listed.amount, 0)
            end as numeric(38, 10)
        ) as reported_amount,
        coalesce(sales.extracted_at > listed.extracted_at, false) as is_changed_since,
        cast(takings.tender_name as varchar) as tender_name,
        takings.paid_at,
        cast(takings.amount as numeric(38, 10)) as amount
    from takings
    inner join sales on takings._version_id = sales._version_id
    left join listed
        on sales.account_id = listed.account_id and takings.payment_id = listed.payment_id
)

select * from translated
