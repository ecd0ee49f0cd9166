{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per X-Series user, and one per user that only sales name.
with users as (
    select * from {{ ref('stg_lightspeed_x__users') }}
),

named_by_sales as (
    select account_id, user_id from {{ ref('stg_lightspeed_x__sales') }}
    union
    select account_id, salesperson_id as user_id from {{ ref('stg_lightspeed_x__sale_lines') }}
),

listed_once as (
    {{ one_per_key('users', 'user_id') }}
),

translated as (
    select
        account_id,
        user_id as employee_id,
        coalesce(display_name, username) as employee_name,
        email,
        account_type as role,
        deleted_at is null and coalesce(enabled, true) as is_active,
        false as is_from_sales
    from listed_once
    where user_id is not null
    union all
    {{ employees_only_named('named_by_sales', 'users', 'user_id') }}
)

select * from translated
