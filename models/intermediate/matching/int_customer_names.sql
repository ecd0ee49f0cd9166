{{ config(materialized='table') }}
-- One row per customer of an account: name, e-mail and phone in a form that can be compared, and
-- its seniority in the business (1 = oldest: the older account, then the older record, then the
-- id). Of a phone the last nine digits are compared: country codes and leading zeros come and go.
with customers as (
    select * from {{ ref('int_customers') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

prepared as (
    select
        customers.account_customer_key as record_key,
        customers.account_id,
        customers.customer_id,
        customers.business_id,
        row_number() over (
            partition by customers.business_id
            order by accounts.account_rank, customers.created_at nulls last, customers.customer_id
        ) as seniority,
        {{ normalised_text('customers.full_name') }} as name_words,
        case when strpos(customers.email, '@') > 1 then customers.email end as email,
        case when length(customers.phone) >= 7 then right(customers.phone, 9) end as phone
    from customers
    inner join accounts on customers.account_id = accounts.account_id
)

select * from prepared
