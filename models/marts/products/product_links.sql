-- One row per product of an account: the golden record it belongs to, how sure that is, and why.
with links as (
    select * from {{ ref('int_product_links') }}
),

described as (
    select
        account_id,
        product_id,
        account_product_key,
        product_key,
        business_id,
        method,
        matched_account_id,
        matched_product_id,
        score,
        band,
        reasons,
        decided_by
    from links
)

select * from described
