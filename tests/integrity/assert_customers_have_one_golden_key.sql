-- What: every customer_key is the key of a customer record that founds its own group.
-- When it fails: a group points to a record that belongs to another group.
-- What to do: look at the rows below in int_customer_groups; an override that joins and parts the
-- same customers is the likely cause.
with links as (
    select * from {{ ref('int_customer_links') }}
),

wrong as (
    select
        links.account_id,
        links.customer_id,
        links.customer_key
    from links
    left join links as founders on links.customer_key = founders.account_customer_key
    where founders.customer_key is null or founders.customer_key <> founders.account_customer_key
)

select * from wrong
