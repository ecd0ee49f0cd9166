-- One row per customer of an account: the person it belongs to, how sure that is, and why.
with links as (
    select * from {{ ref('int_customer_links') }}
)

select * from links
