-- What: every product on a sale line is in int_products and so has a golden product.
-- When it fails: a till's adapter int_<source>__products leaves out products that its sales name;
-- reports by product would miss their sales.
with sale_lines as (
    select * from {{ ref('int_sale_lines') }}
),

unknown as (
    select
        account_id,
        product_id,
        count(*) as sale_lines
    from sale_lines
    where product_id is not null and product_key is null
    group by account_id, product_id
)

select * from unknown
