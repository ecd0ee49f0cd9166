-- One row per sale, return or exchange, in every till.
with sales as (
    select * from {{ ref('int_sales') }}
),

double_counts as (
    select distinct sale_key
    from {{ ref('int_double_counts') }}
    where decision = 'excluded'
),

customer_links as (
    select * from {{ ref('int_customer_links') }}
),

described as (
    select
        sales.sale_key,
        sales.account_id,
        sales.sale_id,
        sales.business_id,
        sales.receipt_number,
        sales.location_key,
        sales.register_id,
        cast(
            case
                when sales.employee_id is not null
                    then {{ dbt_utils.generate_surrogate_key([
                        'sales.account_id', 'sales.employee_id'
                    ]) }}
            end as varchar
        ) as employee_key,
        cast(customer_links.customer_key as varchar) as customer_key,
        sales.sales_channel,
        sales.source_status,
        sales.sale_state,
        sales.is_revenue,
        double_counts.sale_key is not null as is_double_count,
        sales.is_revenue and double_counts.sale_key is null as is_counted,
        cast(
            case
                when sales.return_of_sale_id is not null
                    then {{ dbt_utils.generate_surrogate_key([
                        'sales.account_id', 'sales.return_of_sale_id'
                    ]) }}
            end as varchar
        ) as return_of_sale_key,
        sales.opened_at,
        sales.sold_at,
        sales.sold_local_at,
        sales.business_date,
        sales.currency,
        sales.line_count,
        sales.quantity,
        sales.gross_amount,
        sales.discount_amount,
        sales.net_amount,
        sales.tax_amount,
        sales.total_amount,
        sales.note
    from sales
    left join double_counts on sales.sale_key = double_counts.sale_key
    left join customer_links
        on sales.account_id = customer_links.account_id
        and sales.customer_id = customer_links.customer_id
)

select * from described
