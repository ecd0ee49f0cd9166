{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='fail',
) }}
-- One row per customer of an account and golden key that it has had; the last one counts. This
-- table is a memory: no full refresh empties it.
with customers as (
    select * from {{ ref('int_customers') }}
),

groups as (
    select * from {{ ref('int_customer_groups') }}
),

members as (
    select
        customers.account_customer_key as record_key,
        customers.seniority,
        coalesce(groups.founder_key, customers.account_customer_key) as founder_key,
        groups.reasons
    from customers
    left join groups on customers.account_customer_key = groups.record_key
),

left_behind as (
    {{ records_that_left(ref('int_customer_successors')) }}
),

keyed as (
    {{ golden_keys('members', this if is_incremental() else none, 'left_behind') }}
)

select * from keyed
