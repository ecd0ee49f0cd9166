{{ config(enabled='files' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and record: its rows and money there. A sale without a
-- header record is worth its lines; the lines of a sale with one are only counted.
with raw_lines as (
    select * from {{ ref('stg_files__raw_totals') }}
),

raw_sales as (
    select * from {{ ref('stg_files__raw_sales') }}
),

raw_payments as (
    select * from {{ ref('stg_files__raw_payments') }}
),

signs as (
    select
        account_id,
        sale_id,
        header_sign,
        line_sign
    from {{ ref('int_files__sales') }}
),

payment_signs as (
    select * from {{ ref('int_files__payment_signs') }}
),

sales as (
    select * from {{ ref('stg_files__sales') }}
),

lines as (
    select * from {{ ref('stg_files__sale_lines') }}
),

payments as (
    select * from {{ ref('stg_files__payments') }}
),

headers as (
    select
        'raw' as layer, account_id, sale_id,
        coalesce(total_amount, net_amount + coalesce(tax_amount, 0)) as amount
    from raw_sales
    union all
    select
        'staging' as layer, account_id, sale_id,
        coalesce(total_amount, net_amount + coalesce(tax_amount, 0)) as amount
    from sales
),

sales_of_lines as (
    select 'raw' as layer, account_id, sale_id, sum(total_amount) as amount
    from raw_lines
    group by account_id, sale_id
    union all
    select
        'staging' as layer, account_id, sale_id,
        sum(
            coalesce(
                net_amount,
                {{ multiply('quantity', 'unit_price') }} - coalesce(discount_amount, 0),
                0
            ) + coalesce(tax_amount, 0)
        ) as amount
    from lines
    group by account_id, sale_id
),

paired as (
    select
        coalesce(headers.layer, sales_of_lines.layer) as layer,
        coalesce(headers.account_id, sales_of_lines.account_id) as account_id,
        coalesce(headers.sale_id, sales_of_lines.sale_id) as sale_id,
        headers.amount as header_amount,
        sales_of_lines.amount as lines_amount
    from headers
    full outer join sales_of_lines
        on headers.layer = sales_of_lines.layer
        and headers.account_id = sales_of_lines.account_id
        and headers.sale_id = sales_of_lines.sale_id
),

signed as (
    select
        paired.layer,
        paired.account_id,
        paired.sale_id,
        coalesce(
            paired.header_amount * signs.header_sign, paired.lines_amount * signs.line_sign, 0
        ) as amount
    from paired
    left join signs on paired.account_id = signs.account_id and paired.sale_id = signs.sale_id
),

paid as (
    select 'raw' as layer, account_id, sale_id, amount from raw_payments
    union all
    select 'staging' as layer, account_id, sale_id, amount from payments
),

measures as (
    select layer, 'sales' as entity, account_id, sale_id, 1 as row_count, amount from signed
    union all
    select
        'raw' as layer, 'sale_lines' as entity, account_id, sale_id,
        1 as row_count, null as amount
    from raw_lines
    union all
    select
        'staging' as layer, 'sale_lines' as entity, account_id, sale_id,
        1 as row_count, null as amount
    from lines
    union all
    select
        paid.layer, 'payments' as entity, paid.account_id, paid.sale_id, 1 as row_count,
        case when signs.payment_sign < 0 then -paid.amount else coalesce(paid.amount, 0) end
            as amount
    from paid
    left join payment_signs as signs
        on paid.account_id = signs.account_id and paid.sale_id = signs.sale_id
)

select * from measures
