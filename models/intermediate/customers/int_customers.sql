{{ config(materialized='table', meta={'is_checkpoint': true}) }}
-- One row per customer of an account, in every till. Which of them are the same person:
-- int_customer_links. The phone is the mobile where there is one, as digits; of a North American
-- number the leading 1 is left out.
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
        nullif(regexp_replace(coalesce(mobile, phone), '[^0-9]', '', 'g'), '') as digits
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
        cast(
            case
                when length(cleaned.digits) = 11 and substr(cleaned.digits, 1, 1) = '1'
                    then substr(cleaned.digits, 2)
                else cleaned.digits
            end as varchar
        ) as phone,
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
