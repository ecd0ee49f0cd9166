-- What: a golden product holds one product of an account, and more only by a person's decision.
-- When it fails: a rule has taken two products of one till for the same.
-- What to do: decide on the pairs below in seeds/mapping/product_overrides.csv (same or different).
with links as (
    select * from {{ ref('int_product_links') }}
),

counted as (
    select
        product_key,
        account_id,
        count(*) as products,
        sum(case when method = 'override' then 1 else 0 end) as decided
    from links
    group by product_key, account_id
),

wrong as (
    select * from counted where products - decided > 1
)

select * from wrong
