{{ config(
    enabled=['square', 'lightspeed_k', 'toast'] | select('in', var('pos_sources')) | list | length > 0
) }}
-- One row per shift that somebody worked.
with shifts as (
    select * from {{ ref('int_shifts') }}
),

described as (
    select
        shift_key,
        account_id,
        shift_id,
        business_id,
        employee_key,
        location_key,
        job_title,
        is_open,
        started_at,
        ended_at,
        started_local_at,
        ended_local_at,
        business_date,
        worked_hours,
        overtime_hours,
        paid_break_hours,
        unpaid_break_hours,
        currency,
        hourly_wage,
        wage_amount,
        declared_cash_tips
    from shifts
)

select * from described
