{{ config(materialized='table') }}
-- One row per account, entity, business day and layer: rows and money, so that a layer that lost
-- or gained anything shows. Money of a sale is what the customer pays: net and tax. Customers and
-- products are those of the till's lists and have no day. Rejected is what no model can use: rows
-- that could not be loaded, records without an id.
with source_layers as (
    {{ union_sources('integrity', [
        'layer', 'entity', 'account_id', 'sale_id', 'row_count', 'amount'
    ]) }}
),

listed_records as (
    {{ union_sources('listed_records', [
        'layer', 'entity', 'account_id', 'listed_id', 'row_count'
    ]) }}
),

rejected_rows as (
    select distinct
        account_id,
        entity,
        file,
        sheet,
        file_row
    from {{ ref('stg_tillhouse__rejected_records') }}
    where entity in ('sales', 'sale_lines', 'payments', 'customers', 'products')
),

sales as (
    select * from {{ ref('int_sales') }}
),

lines as (
    select * from {{ ref('int_sale_lines_allocated') }}
),

payments as (
    select * from {{ ref('int_payments') }}
),

customers as (
    select * from {{ ref('int_customers') }}
    where not is_from_sales
),

products as (
    select * from {{ ref('int_products') }}
    where not is_from_sales
),

of_sales as (
    select layer, entity, account_id, sale_id, row_count, amount from source_layers
    union all
    select
        'conformed' as layer, 'sales' as entity, account_id, sale_id,
        1 as row_count, total_amount as amount
    from sales
    union all
    select
        'conformed' as layer, 'sale_lines' as entity, account_id, sale_id,
        1 as row_count, null as amount
    from lines
    union all
    select
        'conformed' as layer, 'payments' as entity, account_id, coalesce(sale_id, '') as sale_id,
        1 as row_count, amount
    from payments
),

dated as (
    select
        of_sales.layer,
        of_sales.entity,
        of_sales.account_id,
        sales.business_date,
        of_sales.sale_id as used_id,
        of_sales.row_count,
        of_sales.amount
    from of_sales
    left join sales
        on of_sales.account_id = sales.account_id and of_sales.sale_id = sales.sale_id
),

undated as (
    select layer, entity, account_id, listed_id as used_id, row_count from listed_records
    union all
    select 'raw' as layer, entity, account_id, null as used_id, 1 as row_count from rejected_rows
    union all
    select
        'conformed' as layer, 'customers' as entity, account_id, customer_id as used_id,
        1 as row_count
    from customers
    union all
    select
        'conformed' as layer, 'products' as entity, account_id, product_id as used_id,
        1 as row_count
    from products
),

all_layers as (
    select layer, entity, account_id, business_date, used_id, row_count, amount from dated
    union all
    select
        layer, entity, account_id, cast(null as date) as business_date, used_id, row_count,
        null as amount
    from undated
),

by_day as (
    select
        layer,
        entity,
        account_id,
        business_date,
        sum(case when used_id is null then 0 else row_count end) as row_count,
        sum(case when used_id is null then row_count else 0 end) as rejected_rows,
        sum(case when used_id is null then 0 else amount end) as amount
    from all_layers
    group by layer, entity, account_id, business_date
)

select * from by_day
