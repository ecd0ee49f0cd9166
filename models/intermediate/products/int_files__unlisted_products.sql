{{ config(enabled='files' in var('pos_sources'), materialized='table') }}
-- One row per product that lines or stock of a file drop name and its product list does not hold,
-- with what the lines last called it and asked for it. Lines at a price speak before lines at none:
-- those are often notes on stock ("damaged", "?"). What it was called before, at a price, describes
-- it: who knows it by its old name finds it, and so does the comparison with other tills.
with sale_lines as (
    select * from {{ ref('stg_files__sale_lines') }}
),

sales as (
    select * from {{ ref('stg_files__sales') }}
),

products as (
    select * from {{ ref('stg_files__products') }}
),

stocked as (
    select account_id, product_id from {{ ref('stg_files__stock_levels') }}
    union
    select account_id, product_id from {{ ref('stg_files__stock_movements') }}
),

called as (
    select
        sale_lines.account_id,
        sale_lines.product_id,
        sale_lines.description,
        sale_lines.unit_price,
        max(coalesce(sale_lines.sold_at, sales.sold_at)) as last_sold_at
    from sale_lines
    left join sales
        on sale_lines.account_id = sales.account_id and sale_lines.sale_id = sales.sale_id
    group by
        sale_lines.account_id, sale_lines.product_id, sale_lines.description, sale_lines.unit_price
),

named as (
    select account_id, product_id, description, unit_price, last_sold_at from called
    union all
    select
        account_id,
        product_id,
        cast(null as varchar) as description,
        cast(null as numeric(38, 10)) as unit_price,
        cast(null as timestamp) as last_sold_at
    from stocked
),

unlisted as (
    select named.*
    from named
    where named.product_id is not null
        and not exists (
            select 1 from products
            where products.account_id = named.account_id
                and products.product_id = named.product_id
        )
),

ranked as (
    select
        unlisted.*,
        row_number() over (
            partition by account_id, product_id
            order by
                case when description is null then 2 when unit_price <> 0 then 0 else 1 end,
                last_sold_at desc nulls last, md5(description) nulls last, unit_price asc nulls last
        ) as place
    from unlisted
),

lasting as (
    select account_id, product_id, description, unit_price from ranked where place = 1
),

names as (
    select
        unlisted.account_id,
        unlisted.product_id,
        unlisted.description,
        -- a text of 0-9a-f sorts alike under every collation
        row_number() over (
            partition by unlisted.account_id, unlisted.product_id
            order by max(unlisted.last_sold_at) desc nulls last, md5(unlisted.description)
        ) as place
    from unlisted
    inner join lasting
        on unlisted.account_id = lasting.account_id and unlisted.product_id = lasting.product_id
    where unlisted.unit_price <> 0 and unlisted.description <> lasting.description
    group by unlisted.account_id, unlisted.product_id, unlisted.description
),

other_names as (
    select account_id, product_id, string_agg(description, '; ' order by place) as other_names
    from names
    where place <= 20  -- a code of many goods ("MISC") has a name for every sale
    group by account_id, product_id
),

named_once as (
    select lasting.*, other_names.other_names
    from lasting
    left join other_names
        on lasting.account_id = other_names.account_id
        and lasting.product_id = other_names.product_id
)

select * from named_once
