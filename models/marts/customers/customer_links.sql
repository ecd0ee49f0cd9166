-- One row per customer of an account: the golden record it belongs to, how sure that is, and why.
with links as (
    select * from {{ ref('int_customer_links') }}
),

described as (
    select
        account_id,
        customer_id,
        account_customer_key,
        customer_key,
        business_id,
        method,
        matched_account_id,
        matched_customer_id,
        score,
        band,
        reasons,
        decided_by
    from links
)

select * from described
