{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='fail',
) }}
-- One row per customer of a till's list and change of what is known of it: what it holds, or the
-- customer that took its place under a new id. The last one counts. This table is a memory: no full
-- refresh empties it. A name alone is not enough to know a person again.
with customers as (
    select * from {{ ref('int_customers') }}
    where not is_from_sales
),

overrides as (
    {{ overrides_by_record(ref('customer_overrides'), 'customer') }}
),

records as (
    select
        account_customer_key as record_key,
        account_id,
        customer_id as record_id,
        case
            when full_name is not null
                and coalesce(email, phone, address_1, cast(birth_date as varchar)) is not null
                then md5({{ concat_for_hash([
                    'full_name', 'first_name', 'last_name', 'company_name', 'email', 'phone',
                    'other_phone', 'address_1', 'address_2', 'city', 'state', 'postcode',
                    'country', 'birth_date',
                ]) }})
        end as content_key,
        not is_deleted as is_listed
    from customers
),

followed as (
    {{ successors('records', 'overrides', this if is_incremental() else none) }}
)

select * from followed
