{{ config(materialized='table') }}
-- One row per employee of an account, in every till.
with employees as (
    {{ union_sources('employees', [
        'account_id', 'employee_id', 'employee_name', 'email', 'role', 'is_active', 'is_from_sales'
    ]) }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

keyed as (
    select
        employees.account_id,
        employees.employee_id,
        cast(
            {{ dbt_utils.generate_surrogate_key(
                ['employees.account_id', 'employees.employee_id']
            ) }} as varchar
        ) as employee_key,
        accounts.business_id,
        employees.employee_name,
        cast(lower(employees.email) as varchar) as email,
        employees.role,
        employees.is_active,
        employees.is_from_sales
    from employees
    inner join accounts on employees.account_id = accounts.account_id
)

select * from keyed
