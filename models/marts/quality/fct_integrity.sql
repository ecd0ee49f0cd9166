-- One row per account, entity and business day: rows and money in raw, staging, the conformed
-- models and the facts. They must be the same; difference_cents is the largest gap between any two.
-- Customers and products of the till's lists have no day; in the facts they are those whose link
-- leads to a golden record.
with layers as (
    select * from {{ ref('int_integrity') }}
),

fact_lines as (
    select
        account_id,
        business_date,
        sum(case when line_id like 'difference|%' then 0 else 1 end) as row_count,
        sum(total_amount) as amount
    from {{ ref('fct_sales') }}
    group by account_id, business_date
),

facts as (
    select 'sales' as entity, account_id, business_date, 1 as row_count, null as amount
    from {{ ref('fct_transactions') }}
    union all
    select 'sales' as entity, account_id, business_date, 0 as row_count, amount
    from fact_lines
    union all
    select 'sale_lines' as entity, account_id, business_date, row_count, null as amount
    from fact_lines
    union all
    select
        'payments' as entity, payments.account_id, sales.business_date, 1 as row_count,
        payments.amount
    from {{ ref('fct_payments') }} as payments
    left join {{ ref('fct_transactions') }} as sales on payments.sale_key = sales.sale_key
    union all
    select
        'customers' as entity, links.account_id, null as business_date, 1 as row_count,
        null as amount
    from {{ ref('customer_links') }} as links
    inner join {{ ref('dim_customers') }} as golden on links.customer_key = golden.customer_key
    inner join {{ ref('int_customers') }} as listed
        on links.account_customer_key = listed.account_customer_key
    where not listed.is_from_sales
    union all
    select
        'products' as entity, links.account_id, null as business_date, 1 as row_count,
        null as amount
    from {{ ref('product_links') }} as links
    inner join {{ ref('dim_products') }} as golden on links.product_key = golden.product_key
    inner join {{ ref('int_products') }} as listed
        on links.account_product_key = listed.account_product_key
    where not listed.is_from_sales
),

all_layers as (
    select layer, entity, account_id, business_date, row_count, rejected_rows, amount from layers
    union all
    select
        'fact' as layer, entity, account_id, business_date, row_count, 0 as rejected_rows, amount
    from facts
),

side_by_side as (
    select
        account_id,
        entity,
        business_date,
        sum(case when layer = 'raw' then row_count else 0 end) as raw_rows,
        sum(case when layer = 'raw' then rejected_rows else 0 end) as rejected_rows,
        sum(case when layer = 'staging' then row_count else 0 end) as staging_rows,
        sum(case when layer = 'conformed' then row_count else 0 end) as conformed_rows,
        sum(case when layer = 'fact' then row_count else 0 end) as fact_rows,
        coalesce(sum(case when layer = 'raw' then amount end), 0) as raw_amount,
        coalesce(sum(case when layer = 'staging' then amount end), 0) as staging_amount,
        coalesce(sum(case when layer = 'conformed' then amount end), 0) as conformed_amount,
        coalesce(sum(case when layer = 'fact' then amount end), 0) as fact_amount
    from all_layers
    group by account_id, entity, business_date
),

compared as (
    select
        side_by_side.*,
        greatest(raw_rows, staging_rows, conformed_rows, fact_rows)
        - least(raw_rows, staging_rows, conformed_rows, fact_rows) as difference_rows,
        greatest(raw_amount, staging_amount, conformed_amount, fact_amount)
        - least(raw_amount, staging_amount, conformed_amount, fact_amount) as difference_amount
    from side_by_side
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key([
                'compared.account_id', 'compared.entity', 'compared.business_date'
            ]) }} as varchar
        ) as integrity_key,
        compared.account_id,
        cast(compared.entity as varchar) as entity,
        compared.business_date,
        cast(compared.raw_rows as bigint) as raw_rows,
        cast(compared.rejected_rows as bigint) as rejected_rows,
        cast(compared.staging_rows as bigint) as staging_rows,
        cast(compared.conformed_rows as bigint) as conformed_rows,
        cast(compared.fact_rows as bigint) as fact_rows,
        cast(compared.raw_amount as numeric(18, 5)) as raw_amount,
        cast(compared.staging_amount as numeric(18, 5)) as staging_amount,
        cast(compared.conformed_amount as numeric(18, 5)) as conformed_amount,
        cast(compared.fact_amount as numeric(18, 5)) as fact_amount,
        cast(compared.difference_rows as bigint) as difference_rows,
        cast(compared.difference_amount * 100 as numeric(18, 5)) as difference_cents,
        cast(
            case
                when compared.difference_rows = 0 and compared.difference_amount = 0 then 'ok'
                else 'differs'
            end as varchar
        ) as status
    from compared
)

select * from described
