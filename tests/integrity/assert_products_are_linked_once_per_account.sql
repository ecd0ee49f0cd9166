-- What: a golden product holds one product of an account, and more only where the till holds it
-- twice (a pair of the till itself is linked) or by a person's decision.
-- When it fails: a rule has taken two products of one till for the same.
-- What to do: decide on the pairs below in seeds/mapping/product_overrides.csv (same or different).
with links as (
    select * from {{ ref('int_product_links') }}
),

pairs as (
    select * from {{ ref('int_product_pairs') }}
    where is_link
),

linked_in_account as (
    select pairs.record_key, pairs.other_key
    from pairs
    inner join links as one on pairs.record_key = one.account_product_key
    inner join links as two on pairs.other_key = two.account_product_key
    where one.account_id = two.account_id
),

counted as (
    select
        links.product_key,
        links.account_id,
        count(*) as products
    from links
    where links.method <> 'override'
        and not exists (
            select 1
            from linked_in_account
            where links.account_product_key
                in (linked_in_account.record_key, linked_in_account.other_key)
        )
    group by links.product_key, links.account_id
),

wrong as (
    select * from counted where products > 1
)

select * from wrong
