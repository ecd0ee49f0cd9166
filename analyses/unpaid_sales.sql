-- What do customers still owe? Sales that count and whose payments do not reach their total, the
-- oldest first. A tender on account or on layby is a promise and no payment.
with sales as (
    select * from {{ ref('fct_transactions') }}
    where is_counted
),

customers as (
    select * from {{ ref('dim_customers') }}
),

accounts_with_payments as (
    select distinct account_id from {{ ref('fct_payments') }}
),

paid as (
    select
        sale_key,
        sum(case when tender_type = 'on_account' then 0 else amount end) as paid_amount
    from {{ ref('fct_payments') }}
    group by sale_key
),

owed as (
    select
        sales.business_date,
        sales.total_amount - coalesce(paid.paid_amount, 0) as owed_amount,
        sales.currency,
        customers.full_name,
        sales.receipt_number,
        sales.sale_state,
        sales.total_amount,
        coalesce(paid.paid_amount, 0) as paid_amount,
        sales.business_id
    from sales
    inner join accounts_with_payments on sales.account_id = accounts_with_payments.account_id
    left join paid on sales.sale_key = paid.sale_key
    left join customers on sales.customer_key = customers.customer_key
    where sales.total_amount > coalesce(paid.paid_amount, 0)
)

select * from owed
order by business_id, business_date, receipt_number
