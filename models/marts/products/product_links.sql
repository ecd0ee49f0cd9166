-- One row per product of an account: the golden product it belongs to, how sure that is, and why.
with links as (
    select * from {{ ref('int_product_links') }}
)

select * from links
