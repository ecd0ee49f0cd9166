{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per person of the till's and the back office's lists, whatever the number of locations,
-- and one per person that only sales or shifts name.
with staff as (
    select * from {{ ref('stg_lightspeed_k__staff') }}
    where staff_id is not null
),

listed as (
    {{ one_per_key('staff', 'staff_id', 'email, modified_at desc') }}
),

named as (
    select account_id, owner_id as staff_id, max(owner_name) as name
    from {{ ref('stg_lightspeed_k__sales') }}
    group by account_id, owner_id
    union all
    select account_id, staff_id, null as name
    from {{ ref('stg_lightspeed_k__shifts') }}
),

named_once as (
    select account_id, staff_id, max(name) as name
    from named
    group by account_id, staff_id
),

translated as (
    select
        account_id,
        staff_id as employee_id,
        cast(
            coalesce(nullif(concat_ws(' ', first_name, last_name), ''), username) as varchar
        ) as employee_name,
        email,
        cast(null as varchar) as role,
        coalesce(active, true) as is_active,
        false as is_from_sales
    from listed
    union all
    {{ employees_only_named('named_once', 'listed', 'staff_id', 'cast(name as varchar)') }}
)

select * from translated
