-- One row per line of every sale, with all that fct_sales shows. row_version changes whenever
-- anything of the row does: its sale, its links, a rule of a seed, a decision on a double count.
with lines as (
    select * from {{ ref('int_sale_lines_allocated') }}
),

differences as (
    select * from {{ ref('int_sale_differences') }}
),

sales as (
    select * from {{ ref('int_sales') }}
),

line_types as (
    select * from {{ ref('int_line_types') }}
),

type_names as (
    select * from {{ ref('line_types') }}
),

product_links as (
    select * from {{ ref('int_product_links') }}
),

customer_links as (
    select * from {{ ref('int_customer_links') }}
),

double_counts as (
    select distinct sale_key
    from {{ ref('int_double_counts') }}
    where decision = 'excluded'
),

all_lines as (
    select
        _version_id, line_id, line_number, account_id, product_id, description, employee_id,
        is_return, quantity, unit_price, gross_amount, discount_amount, net_amount, tax_amount,
        cost_amount, stated_line_type as line_type
    from lines
    union all
    select
        _version_id, line_id, line_number, account_id, null as product_id,
        line_type as description, null as employee_id, false as is_return, 0 as quantity,
        null as unit_price, net_amount as gross_amount, 0 as discount_amount, net_amount,
        tax_amount, null as cost_amount, line_type
    from differences
),

typed as (
    select
        all_lines.*,
        coalesce(
            all_lines.line_type, by_product.line_type, by_description.line_type, 'product'
        ) as final_type
    from all_lines
    left join line_types as by_product
        on all_lines.account_id = by_product.account_id
        and all_lines.product_id = by_product.product_id
    left join line_types as by_description
        on all_lines.account_id = by_description.account_id
        and all_lines.product_id is null
        and by_description.product_id is null
        and all_lines.description = by_description.description
),

joined as (
    select
        typed._version_id,
        typed.line_id,
        typed.line_number,
        typed.product_id,
        typed.description,
        coalesce(typed.employee_id, sales.employee_id) as employee_id,
        typed.is_return and typed.final_type <> 'discount' as is_return,
        typed.quantity,
        typed.unit_price,
        typed.gross_amount,
        typed.discount_amount,
        typed.net_amount,
        typed.tax_amount,
        typed.cost_amount,
        typed.final_type as line_type,
        coalesce(type_names.is_net_sales, false) as is_net_sales,
        sales.sale_key,
        sales.account_id,
        sales.sale_id,
        sales.business_id,
        sales.location_key,
        sales.register_id,
        sales.customer_id,
        sales.receipt_number,
        sales.sale_state,
        sales.is_revenue,
        sales.is_revenue and double_counts.sale_key is null as is_counted,
        sales.sold_at,
        sales.sold_local_at,
        sales.business_date,
        sales.currency,
        product_links.product_key,
        product_links.account_product_key,
        customer_links.customer_key,
        customer_links.account_customer_key
    from typed
    inner join sales on typed._version_id = sales._version_id
    left join type_names on typed.final_type = type_names.line_type
    left join product_links
        on typed.account_id = product_links.account_id
        and typed.product_id = product_links.product_id
    left join customer_links
        on sales.account_id = customer_links.account_id
        and sales.customer_id = customer_links.customer_id
    left join double_counts on sales.sale_key = double_counts.sale_key
),

versioned as (
    select
        joined.*,
        {{ dbt.hash(concat_for_hash([
            '_version_id', 'line_id', 'line_type', 'is_counted', 'sale_state', 'business_date',
            'location_key', 'product_key', 'customer_key', 'sold_local_at', 'is_net_sales',
            'gross_amount', 'net_amount', 'tax_amount', 'currency', 'is_revenue', 'business_id',
            'is_return'
        ])) }} as row_version
    from joined
)

select * from versioned
