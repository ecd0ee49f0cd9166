-- One row per product and currency: product_performance.csv. Rank 1 has the highest net sales.
with lines as (
    select * from {{ ref('fct_sales') }}
    where is_counted and line_type = 'product' and product_key is not null
),

products as (
    select * from {{ ref('dim_products') }}
),

summed as (
    select
        business_id,
        product_key,
        currency,
        min(business_date) as first_sold_on,
        max(business_date) as last_sold_on,
        sum(case when is_return then 0 else quantity end) as units_sold,
        sum(case when is_return then -quantity else 0 end) as units_returned,
        sum(case when is_return then 0 else gross_amount end) as gross_sales,
        sum(case when is_return then 0 else discount_amount end) as discounts,
        sum(case when is_return then -net_amount else 0 end) as returns_amount,
        sum(net_amount) as net_sales,
        sum(cost_amount) as cost_amount,
        sum(case when cost_amount is null then 0 else net_amount - cost_amount end) as gross_margin,
        sum(case when cost_amount is null then 0 else net_amount end) as net_sales_with_cost
    from lines
    group by business_id, product_key, currency
),

described as (
    select
        summed.business_id,
        cast(
            row_number() over (
                partition by summed.business_id, summed.currency
                order by summed.net_sales desc, summed.product_key
            ) as bigint
        ) as sales_rank,
        summed.product_key,
        products.product_name,
        products.sku,
        products.brand,
        products.category,
        products.tills,
        summed.currency,
        summed.first_sold_on,
        summed.last_sold_on,
        cast(summed.units_sold as numeric(18, 5)) as units_sold,
        cast(summed.units_returned as numeric(18, 5)) as units_returned,
        cast(summed.gross_sales as numeric(18, 5)) as gross_sales,
        cast(summed.discounts as numeric(18, 5)) as discounts,
        cast(summed.returns_amount as numeric(18, 5)) as returns_amount,
        cast(summed.net_sales as numeric(18, 5)) as net_sales,
        cast(summed.cost_amount as numeric(18, 5)) as cost_amount,
        cast(
            case when summed.cost_amount is not null then summed.gross_margin end as numeric(18, 5)
        ) as gross_margin,
        {{ ratio(
            'summed.gross_margin',
            'case when summed.cost_amount is not null then summed.net_sales_with_cost end',
            4
        ) }} as margin_ratio,
        {{ ratio('summed.units_returned', 'summed.units_sold', 4) }} as return_ratio
    from summed
    left join products on summed.product_key = products.product_key
)

select * from described
