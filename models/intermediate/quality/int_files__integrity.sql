{{ config(enabled='files' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and record: its rows and money there. A sale without a
-- header record is worth its lines; the lines of a sale with one are only counted. Rows that could
-- not be loaded have no sale.
with raw_lines as (
    select * from {{ ref('stg_files__raw_totals') }}
),

raw_sales as (
    select * from {{ ref('stg_files__raw_sales') }}
),

raw_payments as (
    select * from {{ ref('stg_files__raw_payments') }}
),

rejected_rows as (
    select distinct
        rejected.account_id,
        rejected.entity,
        rejected.file,
        rejected.sheet,
        rejected.file_row
    from {{ ref('stg_tillhouse__rejected_records') }} as rejected
    inner join {{ ref('int_accounts') }} as accounts on rejected.account_id = accounts.account_id
    where accounts.source = 'files' and rejected.entity in ('sales', 'sale_lines', 'payments')
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

measures as (
    select
        'raw' as layer, entity, account_id, cast(null as varchar) as sale_id,
        1 as row_count, cast(null as numeric(38, 10)) as amount
    from rejected_rows
    union all
    select layer, 'sales' as entity, account_id, sale_id, 1 as row_count, amount from headers
    union all
    select
        sales_of_lines.layer, 'sales' as entity, sales_of_lines.account_id,
        sales_of_lines.sale_id, 1 as row_count, sales_of_lines.amount
    from sales_of_lines
    left join headers
        on sales_of_lines.layer = headers.layer
        and sales_of_lines.account_id = headers.account_id
        and sales_of_lines.sale_id = headers.sale_id
    where headers.sale_id is null
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
        'raw' as layer, 'payments' as entity, account_id, sale_id,
        1 as row_count, coalesce(amount, 0) as amount
    from raw_payments
    union all
    select
        'staging' as layer, 'payments' as entity, account_id, sale_id,
        1 as row_count, coalesce(amount, 0) as amount
    from payments
)

select * from measures
