-- One row per account of a till.
with accounts as (
    select * from {{ ref('int_accounts') }}
),

described as (
    select
        account_id,
        business_id,
        source,
        till_name,
        currency,
        time_zone,
        account_rank
    from accounts
)

select * from described
