-- What: every conformed stock level and movement is in its fact, with the same quantity.
-- When it fails: a product of the stock is missing from int_product_links, or a join doubled rows.
with conformed as (
    select 'stock_levels' as entity, account_id, count(*) as rows_held, sum(quantity) as quantity
    from {{ ref('int_stock_levels') }}
    group by account_id
    union all
    select 'stock_movements' as entity, account_id, count(*) as rows_held, sum(quantity) as quantity
    from {{ ref('int_stock_movements') }}
    group by account_id
),

facts as (
    select 'stock_levels' as entity, account_id, count(*) as rows_held, sum(quantity) as quantity
    from {{ ref('fct_stock_levels') }}
    group by account_id
    union all
    select 'stock_movements' as entity, account_id, count(*) as rows_held, sum(quantity) as quantity
    from {{ ref('fct_stock_movements') }}
    group by account_id
),

different as (
    select
        conformed.entity,
        conformed.account_id,
        conformed.rows_held as conformed_rows,
        facts.rows_held as fact_rows,
        conformed.quantity as conformed_quantity,
        facts.quantity as fact_quantity
    from conformed
    left join facts on conformed.entity = facts.entity and conformed.account_id = facts.account_id
    where coalesce(conformed.rows_held <> facts.rows_held, true)
        or coalesce(conformed.quantity, 0) <> coalesce(facts.quantity, 0)
)

select * from different
