-- One row per employee of an account.
with employees as (
    select * from {{ ref('int_employees') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

described as (
    select
        employees.employee_key,
        employees.account_id,
        employees.employee_id,
        employees.business_id,
        accounts.till_name,
        cast(coalesce(employees.employee_name, employees.employee_id) as varchar) as employee_name,
        employees.email,
        employees.role,
        employees.is_active
    from employees
    inner join accounts on employees.account_id = accounts.account_id
)

select * from described
