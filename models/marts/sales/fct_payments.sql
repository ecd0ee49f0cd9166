-- One row per tender taken or given back.
with payments as (
    select * from {{ ref('int_payments') }}
),

sales as (
    select * from {{ ref('fct_transactions') }}
),

described as (
    select
        payments.payment_key,
        payments.sale_key,
        payments.account_id,
        payments.sale_id,
        payments.payment_id,
        payments.business_id,
        sales.location_key,
        payments.register_id,
        payments.tender_name,
        payments.tender_type,
        payments.amount < 0 as is_refund,
        coalesce(sales.is_counted, true) as is_counted,
        payments.paid_at,
        payments.paid_local_at,
        payments.business_date,
        payments.currency,
        payments.amount
    from payments
    left join sales on payments.sale_key = sales.sale_key
)

select * from described
