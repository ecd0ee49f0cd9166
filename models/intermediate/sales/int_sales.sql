{{ config(materialized='table') }}
-- One row per sale of every till: dates on the location's clock, state by the seed sale_statuses,
-- amounts as the sum of its lines. A status that the seed does not know counts as revenue, a sale
-- without a date stands at the next best one it has; both are listed in int_rejected_records.
with sales as (
    select * from {{ ref('int_sales_unioned') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

statuses as (
    select * from {{ ref('sale_statuses') }}
),

lines as (
    select
        _version_id,
        count(*) as line_count,
        sum(quantity) as quantity,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount
    from {{ ref('int_sale_lines_allocated') }}
    group by _version_id
),

differences as (
    select
        _version_id,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount
    from {{ ref('int_sale_differences') }}
    group by _version_id
),

placed as (
    select
        sales.*,
        coalesce(
            sales.sold_at, sales.opened_at, sales.updated_at, sales.extracted_at
        ) as placed_at,
        accounts.business_id,
        accounts.till_name,
        accounts.currency,
        accounts.account_rank,
        accounts.day_cutoff_minutes,
        locations.location_key,
        coalesce(locations.time_zone, accounts.time_zone) as time_zone,
        coalesce(statuses.sale_state, 'unknown') as sale_state,
        coalesce(statuses.is_revenue, true) and not sales.is_deleted as is_revenue,
        coalesce(lines.line_count, 0) as line_count,
        coalesce(lines.quantity, 0) as quantity,
        coalesce(lines.gross_amount, 0) + coalesce(differences.net_amount, 0) as gross_amount,
        coalesce(lines.discount_amount, 0) as discount_amount,
        coalesce(lines.net_amount, 0) + coalesce(differences.net_amount, 0) as net_amount,
        coalesce(lines.tax_amount, 0) + coalesce(differences.tax_amount, 0) as tax_amount
    from sales
    inner join accounts on sales.account_id = accounts.account_id
    left join locations
        on sales.account_id = locations.account_id and sales.location_id = locations.location_id
    left join statuses
        on accounts.source = statuses.source
        and upper(sales.source_status) = upper(statuses.status)
    left join lines on sales._version_id = lines._version_id
    left join differences on sales._version_id = differences._version_id
),

conformed as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key(['account_id', 'sale_id']) }} as varchar
        ) as sale_key,
        cast(_version_id as varchar) as _version_id,
        cast(account_id as varchar) as account_id,
        cast(sale_id as varchar) as sale_id,
        cast(business_id as varchar) as business_id,
        cast(till_name as varchar) as till_name,
        cast(account_rank as integer) as account_rank,
        cast(receipt_number as varchar) as receipt_number,
        cast(location_id as varchar) as location_id,
        cast(location_key as varchar) as location_key,
        cast(register_id as varchar) as register_id,
        cast(employee_id as varchar) as employee_id,
        cast(customer_id as varchar) as customer_id,
        cast(sales_channel as varchar) as sales_channel,
        cast(source_status as varchar) as source_status,
        cast(sale_state as varchar) as sale_state,
        cast(is_revenue as boolean) as is_revenue,
        cast(return_of_sale_id as varchar) as return_of_sale_id,
        cast(opened_at as timestamp) as opened_at,
        cast(placed_at as timestamp) as sold_at,
        cast({{ to_local('placed_at', 'time_zone') }} as timestamp) as sold_local_at,
        {{ business_date('placed_at', 'time_zone', 'day_cutoff_minutes') }} as business_date,
        cast(currency as varchar) as currency,
        cast(line_count as bigint) as line_count,
        cast(quantity as numeric(18, 5)) as quantity,
        cast(gross_amount as numeric(18, 5)) as gross_amount,
        cast(discount_amount as numeric(18, 5)) as discount_amount,
        cast(net_amount as numeric(18, 5)) as net_amount,
        cast(tax_amount as numeric(18, 5)) as tax_amount,
        cast(net_amount + tax_amount as numeric(18, 5)) as total_amount,
        cast(note as varchar) as note
    from placed
)

select * from conformed
