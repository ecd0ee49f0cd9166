{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per customer that a payment names, as the last payment has it: the till gives no list.
with payments as (
    select * from {{ ref('stg_lightspeed_k__sale_payments') }}
    where customer_id is not null
),

latest as (
    {{ one_per_key('payments', 'customer_id', 'paid_at desc nulls last, record_id') }}
),

translated as (
    select
        account_id,
        customer_id,
        cast(null as varchar) as customer_code,
        cast(
            coalesce(nullif(concat_ws(' ', first_name, last_name), ''), company_name) as varchar
        ) as full_name,
        first_name,
        last_name,
        company_name,
        email,
        cast(null as varchar) as mobile,
        coalesce(phone, phone_2) as phone,
        address_1,
        address_2,
        city,
        state,
        postcode,
        cast(null as varchar) as country,
        cast(null as date) as birth_date,
        cast(null as timestamp) as created_at,
        false as is_deleted,
        true as is_from_sales
    from latest
)

select * from translated
