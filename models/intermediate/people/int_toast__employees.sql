{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per employee, and one per employee that only orders or shifts name.
with employees as (
    select * from {{ ref('stg_toast__employees') }}
    where employee_id is not null
),

jobs as (
    select * from {{ ref('stg_toast__jobs') }}
),

named as (
    select account_id, server_id as employee_id from {{ ref('stg_toast__orders') }}
    union
    select account_id, server_id as employee_id from {{ ref('stg_toast__check_payments') }}
    union
    select account_id, employee_id from {{ ref('stg_toast__time_entries') }}
),

translated as (
    select
        employees.account_id,
        employees.employee_id,
        cast(
            nullif(
                concat_ws(
                    ' ', coalesce(employees.chosen_name, employees.first_name), employees.last_name
                ), ''
            ) as varchar
        ) as employee_name,
        employees.email,
        jobs.title as role,
        not coalesce(employees.is_deleted, false) as is_active,
        false as is_from_sales
    from employees
    left join jobs
        on employees.account_id = jobs.account_id and employees.first_job_id = jobs.job_id
    union all
    {{ employees_only_named('named', 'employees', 'employee_id') }}
)

select * from translated
