{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ delete_stale_rows(ref('int_sale_lines'), 'row_version') }}"
) }}
-- One row per line sold or returned, in every till. Returns are negative. Totals of the shop are
-- sums over `is_counted`; net sales over `is_net_sales` besides.
with lines as (
    select * from {{ ref('int_sale_lines') }} as lines
    {% if is_incremental() %}
        where
            not exists (
                select 1 from {{ this }} as done
                where done.row_version = lines.row_version
            )
    {% endif %}
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key(['account_id', 'sale_id', 'line_id']) }} as varchar
        ) as sale_line_key,
        sale_key,
        account_id,
        sale_id,
        cast(line_id as varchar) as line_id,
        cast(line_number as integer) as line_number,
        business_id,
        receipt_number,
        location_key,
        register_id,
        cast(
            case
                when employee_id is not null
                    then {{ dbt_utils.generate_surrogate_key(['account_id', 'employee_id']) }}
            end as varchar
        ) as employee_key,
        cast(customer_key as varchar) as customer_key,
        cast(account_customer_key as varchar) as account_customer_key,
        cast(product_key as varchar) as product_key,
        cast(account_product_key as varchar) as account_product_key,
        cast(product_id as varchar) as product_id,
        cast(description as varchar) as description,
        cast(line_type as varchar) as line_type,
        cast(is_net_sales as boolean) as is_net_sales,
        cast(is_return as boolean) as is_return,
        sale_state,
        is_revenue,
        is_counted,
        sold_at,
        sold_local_at,
        business_date,
        currency,
        cast(quantity as numeric(18, 5)) as quantity,
        cast(unit_price as numeric(18, 5)) as unit_price,
        cast(gross_amount as numeric(18, 5)) as gross_amount,
        cast(discount_amount as numeric(18, 5)) as discount_amount,
        cast(net_amount as numeric(18, 5)) as net_amount,
        cast(tax_amount as numeric(18, 5)) as tax_amount,
        cast(net_amount + tax_amount as numeric(18, 5)) as total_amount,
        cast(cost_amount as numeric(18, 5)) as cost_amount,
        cast(row_version as varchar) as row_version
    from lines
)

select * from described
