{{ config(materialized='table', meta={'is_checkpoint': true}) }}
-- One row per customer of an account, in every till. Which of them are the same person:
-- int_customer_links. The phone is the mobile where there is one, and other_phone the other number;
-- both as digits, of a North American number without the leading 1.
with customers as (
    {{ union_sources('customers', [
        'account_id', 'customer_id', 'customer_code', 'full_name', 'first_name', 'last_name',
        'company_name', 'email', 'mobile', 'phone', 'address_1', 'address_2', 'city', 'state',
        'postcode', 'country', 'birth_date', 'created_at', 'is_deleted', 'is_from_sales'
    ]) }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

cleaned as (
    select
        customers.*,
        {{ phone_digits('coalesce(mobile, phone)') }} as first_digits,
        {{ phone_digits('case when mobile is not null then phone end') }} as other_digits
    from customers
),

keyed as (
    select
        cleaned.account_id,
        cleaned.customer_id,
        cast(
            {{ dbt_utils.generate_surrogate_key(
                ['cleaned.account_id', 'cleaned.customer_id']
            ) }} as varchar
        ) as account_customer_key,
        accounts.business_id,
        row_number() over (
            order by
                accounts.account_rank,
                cleaned.created_at nulls last,
                {{ dbt_utils.generate_surrogate_key(
                    ['cleaned.account_id', 'cleaned.customer_id']
                ) }}
        ) as seniority,
        cleaned.customer_code,
        cleaned.full_name,
        cleaned.first_name,
        cleaned.last_name,
        cleaned.company_name,
        cast(lower(cleaned.email) as varchar) as email,
        cast(cleaned.first_digits as varchar) as phone,
        cast(nullif(cleaned.other_digits, cleaned.first_digits) as varchar) as other_phone,
        cleaned.address_1,
        cleaned.address_2,
        cleaned.city,
        cleaned.state,
        cleaned.postcode,
        cleaned.country,
        cleaned.birth_date,
        cleaned.created_at,
        cleaned.is_deleted,
        cleaned.is_from_sales
    from cleaned
    inner join accounts on cleaned.account_id = accounts.account_id
)

select * from keyed
