{{ config(materialized='table') }}
-- One row per account, entity, business day and layer: rows and money, so that a layer that lost
-- or gained anything shows. Money of a sale is what the customer pays: net and tax. A record
-- without an id cannot be used by any model and is counted as rejected.
with source_layers as (
    {{ union_sources('integrity', [
        'layer', 'entity', 'account_id', 'sale_id', 'row_count', 'amount'
    ]) }}
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

all_layers as (
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
        'conformed' as layer, 'payments' as entity, account_id, sale_id,
        1 as row_count, amount
    from payments
),

by_day as (
    select
        all_layers.layer,
        all_layers.entity,
        all_layers.account_id,
        sales.business_date,
        sum(case when all_layers.sale_id is null then 0 else all_layers.row_count end) as row_count,
        sum(
            case when all_layers.sale_id is null then all_layers.row_count else 0 end
        ) as rejected_rows,
        sum(case when all_layers.sale_id is null then 0 else all_layers.amount end) as amount
    from all_layers
    left join sales
        on all_layers.account_id = sales.account_id and all_layers.sale_id = sales.sale_id
    group by all_layers.layer, all_layers.entity, all_layers.account_id, sales.business_date
)

select * from by_day
