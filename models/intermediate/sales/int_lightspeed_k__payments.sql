{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per payment of a K-Series sale, tip and surcharge included. Payments have ids of their
-- own (their UUID is not unique for split bills); one without goes by its place. It counts at the
-- closing of its sale, as in the till's own days.
with payments as (
    select
        payments.*,
        {{ lightspeed_k_paid() }} as paid
    from {{ ref('stg_lightspeed_k__sale_payments') }} as payments
),

sales as (
    select * from {{ ref('stg_lightspeed_k__sales') }}
    where account_fisc_id is not null
),

translated as (
    select
        payments._version_id,
        payments.account_id,
        cast(payments.record_id as varchar) as sale_id,
        cast(
            coalesce(payments.fisc_id, 'payment') || '|' || cast(payments.item_position as varchar)
            as varchar
        ) as payment_id,
        payments.device_id as register_id,
        cast(coalesce(payments.description, payments.code) as varchar) as tender_name,
        coalesce(sales.closed_at, payments.paid_at) as paid_at,
        cast(payments.paid as numeric(38, 10)) as amount
    from payments
    inner join sales on payments._version_id = sales._version_id
)

select * from translated
