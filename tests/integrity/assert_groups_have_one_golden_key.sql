-- What: the records of a group of the matching have one golden key, and no other group has it.
-- When it fails: int_product_golden_keys or int_customer_golden_keys does not follow the groups, so
-- two products (or people) would stand as one in the reports, or one as two.
-- What to do: look at the rows below in int_product_groups or int_customer_groups and in the
-- registry; a registry that was edited by hand is the likely cause.
with products as (
    select
        links.product_key as golden_key,
        coalesce(groups.founder_key, links.account_product_key) as founder_key
    from {{ ref('int_product_links') }} as links
    left join {{ ref('int_product_groups') }} as groups
        on links.account_product_key = groups.record_key
),

customers as (
    select
        links.customer_key as golden_key,
        coalesce(groups.founder_key, links.account_customer_key) as founder_key
    from {{ ref('int_customer_links') }} as links
    left join {{ ref('int_customer_groups') }} as groups
        on links.account_customer_key = groups.record_key
),

pairs as (
    select golden_key, founder_key from products
    union
    select golden_key, founder_key from customers
),

counted as (
    select
        pairs.*,
        count(*) over (partition by golden_key) as groups_of_key,
        count(*) over (partition by founder_key) as keys_of_group
    from pairs
),

wrong as (
    select * from counted where groups_of_key > 1 or keys_of_group > 1
)

select * from wrong
