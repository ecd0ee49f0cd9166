{{ config(severity='warn') }}
-- What: every decision in seeds/mapping/double_count_decisions.csv names two sales that count.
-- When it warns: the decision has no effect, because an id is mistyped or its sale is gone or void.
-- What to do: mend or delete the lines below.
with decisions as (
    select * from {{ ref('double_count_decisions') }}
),

sales as (
    select * from {{ ref('int_sales') }}
    where is_revenue
),

without_effect as (
    select
        decisions.account_id,
        decisions.sale_id,
        decisions.other_account_id,
        decisions.other_sale_id
    from decisions
    left join sales as one
        on decisions.account_id = one.account_id and decisions.sale_id = one.sale_id
    left join sales as two
        on decisions.other_account_id = two.account_id and decisions.other_sale_id = two.sale_id
    where coalesce(one.sale_key = two.sale_key, true)
)

select * from without_effect
