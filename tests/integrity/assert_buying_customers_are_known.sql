-- What: every customer on a sale is in int_customers and so is a person in dim_customers.
-- When it fails: a till's adapter int_<source>__customers leaves out customers that its sales name.
with sales as (
    select * from {{ ref('int_sales') }}
),

links as (
    select * from {{ ref('int_customer_links') }}
),

unknown as (
    select
        sales.account_id,
        sales.customer_id,
        count(*) as sales
    from sales
    left join links
        on sales.account_id = links.account_id and sales.customer_id = links.customer_id
    where sales.customer_id is not null and links.customer_key is null
    group by sales.account_id, sales.customer_id
)

select * from unknown
