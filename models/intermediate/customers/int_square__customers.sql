{{ config(enabled='square' in var('pos_sources')) }}
-- One row per Square customer, and one per customer that only orders or payments name. A birthday
-- without a year (0000-05-17) is no date.
with customers as (
    select * from {{ ref('stg_square__customers') }}
    where customer_id is not null
),

named as (
    select account_id, customer_id from {{ ref('stg_square__orders') }}
    union
    select account_id, customer_id from {{ ref('stg_square__payments') }}
),

translated as (
    select
        account_id,
        customer_id,
        reference_id as customer_code,
        cast(
            coalesce(
                nullif(concat_ws(' ', given_name, family_name), ''), company_name, nickname
            ) as varchar
        ) as full_name,
        given_name as first_name,
        family_name as last_name,
        company_name,
        email_address as email,
        cast(null as varchar) as mobile,
        phone_number as phone,
        address_1,
        address_2,
        city,
        state,
        postcode,
        country,
        {{ to_date('birthday') }} as birth_date,
        created_at,
        false as is_deleted,
        false as is_from_sales
    from customers
    union all
    select
        account_id,
        customer_id,
        null as customer_code,
        null as full_name,
        null as first_name,
        null as last_name,
        null as company_name,
        null as email,
        null as mobile,
        null as phone,
        null as address_1,
        null as address_2,
        null as city,
        null as state,
        null as postcode,
        null as country,
        null as birth_date,
        null as created_at,
        false as is_deleted,
        true as is_from_sales
    from named
    where customer_id is not null
        and not exists (
            select 1 from customers
            where customers.account_id = named.account_id
                and customers.customer_id = named.customer_id
        )
)

select * from translated
