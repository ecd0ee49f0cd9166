{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per guest that a check names, as the last check has them: the till gives no list.
with checks as (
    select * from {{ ref('stg_toast__checks') }}
    where customer_id is not null
),

latest as (
    {{ one_per_key('checks', 'customer_id', 'opened_at desc, record_id, item_position') }}
),

translated as (
    select
        account_id,
        customer_id,
        cast(null as varchar) as customer_code,
        cast(nullif(concat_ws(' ', first_name, last_name), '') as varchar) as full_name,
        first_name,
        last_name,
        cast(null as varchar) as company_name,
        email,
        cast(null as varchar) as mobile,
        phone,
        cast(null as varchar) as address_1,
        cast(null as varchar) as address_2,
        cast(null as varchar) as city,
        cast(null as varchar) as state,
        cast(null as varchar) as postcode,
        cast(null as varchar) as country,
        cast(null as date) as birth_date,
        cast(null as timestamp) as created_at,
        false as is_deleted,
        true as is_from_sales
    from latest
)

select * from translated
