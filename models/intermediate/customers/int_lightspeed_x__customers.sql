{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per X-Series customer, deleted ones too, and one per customer that only sales name. The
-- address is the physical one, or the postal one where no physical one is given.
with customers as (
    select * from {{ ref('stg_lightspeed_x__customers') }}
),

sales as (
    select * from {{ ref('stg_lightspeed_x__sales') }}
),

listed_once as (
    {{ one_per_key('customers', 'customer_id', 'version desc') }}
),

addressed as (
    select
        listed_once.*,
        coalesce(physical_address_1, physical_city, physical_postcode) is null as is_postal
    from listed_once
),

unlisted as (
    select distinct
        sales.account_id,
        sales.customer_id
    from sales
    where sales.customer_id is not null
        and not exists (
            select 1 from customers
            where customers.account_id = sales.account_id
                and customers.customer_id = sales.customer_id
        )
),

translated as (
    select
        account_id,
        customer_id,
        customer_code,
        cast(
            coalesce(name, nullif(concat_ws(' ', first_name, last_name), ''), company_name)
            as varchar
        ) as full_name,
        first_name,
        last_name,
        company_name,
        email,
        mobile,
        phone,
        case when is_postal then postal_address_1 else physical_address_1 end as address_1,
        case when is_postal then postal_address_2 else physical_address_2 end as address_2,
        case when is_postal then postal_city else physical_city end as city,
        case when is_postal then postal_state else physical_state end as state,
        case when is_postal then postal_postcode else physical_postcode end as postcode,
        case when is_postal then postal_country_id else physical_country_id end as country,
        date_of_birth as birth_date,
        created_at,
        deleted_at is not null as is_deleted,
        false as is_from_sales
    from addressed
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
        null as country,
        null as birth_date,
        null as created_at,
        false as is_deleted,
        true as is_from_sales
    from unlisted
)

select * from translated
