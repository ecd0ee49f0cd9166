{{ config(enabled='files' in var('pos_sources')) }}
-- One row per tender of a file drop; what is given back is negative.
with payments as (
    select * from {{ ref('stg_files__payments') }}
),

sales as (
    select * from {{ ref('int_files__sales') }}
),

signs as (
    select * from {{ ref('int_files__payment_signs') }}
),

translated as (
    select
        payments._version_id,
        payments.account_id,
        payments.sale_id,
        payments.record_id as payment_id,
        sales.register_id,
        cast(null as varchar) as location_id,
        cast(null as varchar) as refunded_payment_id,
        cast(null as date) as reported_on,
        cast(null as numeric(38, 10)) as reported_amount,
        false as is_changed_since,
        payments.tender_name,
        payments.paid_at,
        case when signs.payment_sign < 0 then -payments.amount else coalesce(payments.amount, 0) end
            as amount
    from payments
    left join sales
        on payments.account_id = sales.account_id and payments.sale_id = sales.sale_id
    inner join signs
        on payments.account_id = signs.account_id and payments.sale_id = signs.sale_id
    where payments.sale_id is not null
)

select * from translated
