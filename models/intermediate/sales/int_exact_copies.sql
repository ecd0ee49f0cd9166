{{ config(materialized='table') }}
-- One row per sale that an earlier till of the business holds too, the same in every respect. Two
-- like sales of one till are two sales: the first pairs with the first, and so on.
with sales as (
    select * from {{ ref('int_sales') }}
    where is_revenue
),

numbered as (
    select
        sales.*,
        row_number() over (
            partition by account_id, receipt_number, sold_at, total_amount, quantity, line_count
            order by sale_id
        ) as occurrence
    from sales
),

copies as (
    select
        copies.sale_key,
        min(originals.sale_key) as other_sale_key
    from numbered as copies
    inner join numbered as originals
        on copies.business_id = originals.business_id
        and copies.receipt_number = originals.receipt_number
        and copies.sold_at = originals.sold_at
        and copies.total_amount = originals.total_amount
        and copies.quantity = originals.quantity
        and copies.line_count = originals.line_count
        and copies.occurrence = originals.occurrence
    where copies.account_rank > originals.account_rank
    group by copies.sale_key
)

select * from copies
