{{ config(enabled='files' in var('pos_sources')) }}
-- One row per employee of a file drop: those of its staff list and those that only sales name.
with employees as (
    select * from {{ ref('stg_files__employees') }}
),

named_by_sales as (
    select account_id, employee_id from {{ ref('stg_files__sales') }}
    union
    select account_id, employee_id from {{ ref('stg_files__sale_lines') }}
),

listed_once as (
    {{ one_per_key('employees', 'employee_id') }}
),

translated as (
    select
        account_id,
        employee_id,
        employee_name,
        email,
        role,
        coalesce(is_active, true) as is_active,
        false as is_from_sales
    from listed_once
    where employee_id is not null
    union all
    {{ employees_only_named('named_by_sales', 'employees', 'employee_id') }}
)

select * from translated
