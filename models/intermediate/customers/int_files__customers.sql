{{ config(enabled='files' in var('pos_sources')) }}
-- One row per customer of a file drop: those of its customer list and those that only sales name.
with customers as (
    select * from {{ ref('stg_files__customers') }}
),

sales as (
    select * from {{ ref('stg_files__sales') }}
),

sale_lines as (
    select * from {{ ref('stg_files__sale_lines') }}
),

listed_once as (
    {{ one_per_key('customers', 'customer_id') }}
),

named_by_sales as (
    select account_id, customer_id, cast(null as varchar) as country from sales
    union
    select account_id, customer_id, country from sale_lines
),

unlisted as (
    select
        named_by_sales.account_id,
        named_by_sales.customer_id,
        max(named_by_sales.country) as country
    from named_by_sales
    where named_by_sales.customer_id is not null
        and not exists (
            select 1 from customers
            where customers.account_id = named_by_sales.account_id
                and customers.customer_id = named_by_sales.customer_id
        )
    group by named_by_sales.account_id, named_by_sales.customer_id
),

translated as (
    select
        account_id,
        customer_id,
        customer_code,
        cast(
            coalesce(full_name, nullif(concat_ws(' ', first_name, last_name), ''), company_name)
            as varchar
        ) as full_name,
        first_name,
        last_name,
        company_name,
        email,
        mobile,
        phone,
        address_1,
        address_2,
        city,
        state,
        postcode,
        country,
        birth_date,
        created_at,
        not coalesce(is_active, true) as is_deleted,
        false as is_from_sales
    from listed_once
    where customer_id is not null
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
        country,
        null as birth_date,
        null as created_at,
        false as is_deleted,
        true as is_from_sales
    from unlisted
)

select * from translated
