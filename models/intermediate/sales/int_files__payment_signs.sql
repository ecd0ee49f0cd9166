{{ config(enabled='files' in var('pos_sources')) }}
-- One row per sale of a file drop with payments: -1 where the till writes what it gave back on a
-- return without a sign. Payments that together are positive cannot be those of a return.
with payments as (
    select * from {{ ref('stg_files__payments') }}
    where sale_id is not null
),

sales as (
    select * from {{ ref('int_files__sales') }}
),

paid as (
    select
        account_id,
        sale_id,
        sum(amount) as amount
    from payments
    group by account_id, sale_id
),

signed as (
    select
        paid.account_id,
        paid.sale_id,
        case
            when paid.amount > 0 and coalesce(sales.stated_total, sales.line_sign) < 0 then -1
            else 1
        end as payment_sign
    from paid
    left join sales on paid.account_id = sales.account_id and paid.sale_id = sales.sale_id
)

select * from signed
