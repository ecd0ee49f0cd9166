-- One row per pair of accounts and decision: the sales that both hold.
with double_counts as (
    select * from {{ ref('fct_double_counts') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

described as (
    select
        double_counts.business_id,
        double_counts.account_id,
        copies.till_name,
        double_counts.other_account_id,
        originals.till_name as other_till_name,
        double_counts.decision,
        count(*) as sales,
        cast(sum(double_counts.total_amount) as numeric(18, 5)) as total_amount,
        min(double_counts.business_date) as first_on,
        max(double_counts.business_date) as last_on
    from double_counts
    inner join accounts as copies on double_counts.account_id = copies.account_id
    inner join accounts as originals on double_counts.other_account_id = originals.account_id
    group by
        double_counts.business_id,
        double_counts.account_id,
        copies.till_name,
        double_counts.other_account_id,
        originals.till_name,
        double_counts.decision
)

select * from described
