{{ config(materialized='table') }}
-- One row per customer of an account: the person that it belongs to, and why. The only table that
-- the rest of the warehouse reads of the matching.
with customers as (
    select * from {{ ref('int_customers') }}
),

groups as (
    select * from {{ ref('int_customer_groups') }}
),

golden_keys as (
    {{ current_keys(ref('int_customer_golden_keys')) }}
),

linked as (
    select
        customers.account_id,
        customers.customer_id,
        customers.account_customer_key,
        golden_keys.golden_key as customer_key,
        customers.business_id,
        cast(coalesce(groups.method, 'self') as varchar) as method,
        matched.account_id as matched_account_id,
        matched.customer_id as matched_customer_id,
        cast(groups.score as numeric(5, 4)) as score,
        cast(groups.band as varchar) as band,
        cast(groups.reasons as varchar) as reasons,
        cast(coalesce(groups.decided_by, 'rule') as varchar) as decided_by
    from customers
    inner join golden_keys on customers.account_customer_key = golden_keys.record_key
    left join groups on customers.account_customer_key = groups.record_key
    left join customers as matched on groups.matched_key = matched.account_customer_key
)

select * from linked
