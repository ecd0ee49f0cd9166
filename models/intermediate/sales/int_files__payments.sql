{{ config(enabled='files' in var('pos_sources')) }}
-- One row per tender of a file drop.
with payments as (
    select * from {{ ref('stg_files__payments') }}
),

sales as (
    select * from {{ ref('int_files__sales') }}
),

translated as (
    select
        payments._version_id,
        payments.account_id,
        payments.sale_id,
        payments.record_id as payment_id,
        sales.register_id,
        payments.tender_name,
        payments.paid_at,
        coalesce(payments.amount, 0) as amount
    from payments
    left join sales
        on payments.account_id = sales.account_id and payments.sale_id = sales.sale_id
    where payments.sale_id is not null
)

select * from translated
