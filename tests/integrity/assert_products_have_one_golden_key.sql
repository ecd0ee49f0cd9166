-- What: every product_key is the key of a product that founds its own group.
-- When it fails: a group points to a record that belongs to another group, so its sales would stand
-- under a product that does not exist.
-- What to do: look at the rows below in int_product_groups; an override that joins and parts the
-- same products is the likely cause.
with links as (
    select * from {{ ref('int_product_links') }}
),

wrong as (
    select
        links.account_id,
        links.product_id,
        links.product_key
    from links
    left join links as founders on links.product_key = founders.account_product_key
    where founders.product_key is null or founders.product_key <> founders.account_product_key
)

select * from wrong
