-- One row per id that its till does not list any more, but has the same product or customer under
-- another id: golden key and people's decisions go on with that. An old id that more than one of
-- them could follow has no new one, and the reason says so.
with product_links as (
    select * from {{ ref('int_product_links') }}
),

customer_links as (
    select * from {{ ref('int_customer_links') }}
),

products_left as (
    {{ records_that_left(ref('int_product_successors')) }}
),

customers_left as (
    {{ records_that_left(ref('int_customer_successors')) }}
),

left_behind as (
    select
        'product' as entity, products_left.*, product_links.product_id as new_id
    from products_left
    left join product_links on products_left.successor_key = product_links.account_product_key
    union all
    select
        'customer' as entity, customers_left.*, customer_links.customer_id as new_id
    from customers_left
    left join customer_links on customers_left.successor_key = customer_links.account_customer_key
),

typed as (
    select
        cast(entity as varchar) as entity,
        account_id,
        record_id as old_id,
        record_key as old_record_key,
        cast(new_id as varchar) as new_id,
        case when new_id is not null then successor_key end as new_record_key,
        since as replaced_on,
        reason
    from left_behind
    where new_id is not null or successor_key is null
)

select * from typed
