{{ config(
    enabled=['square', 'lightspeed_k', 'toast'] | select('in', var('pos_sources')) | list | length > 0, materialized='table'
) }}
-- One row per shift that somebody worked. A shift belongs to the business day on which it began;
-- worked is what is paid: from start to end less unpaid breaks. An open shift has no hours yet.
with shifts as (
    {{ union_sources('shifts', [
        'account_id', 'shift_id', 'employee_id', 'location_id', 'job_title', 'source_status',
        'started_at', 'ended_at', 'paid_break_seconds', 'unpaid_break_seconds', 'overtime_seconds',
        'hourly_wage', 'declared_cash_tips'
    ], sources=['square', 'lightspeed_k', 'toast']) }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

timed as (
    select
        shifts.*,
        accounts.business_id,
        accounts.currency,
        accounts.day_cutoff_minutes,
        locations.location_key,
        coalesce(locations.time_zone, accounts.time_zone) as time_zone,
        case
            when shifts.ended_at >= shifts.started_at
                then {{ seconds_apart('shifts.started_at', 'shifts.ended_at') }}
        end as seconds_there
    from shifts
    inner join accounts on shifts.account_id = accounts.account_id
    left join locations
        on shifts.account_id = locations.account_id and shifts.location_id = locations.location_id
),

worked as (
    select
        timed.*,
        cast(
            case
                when seconds_there is not null
                    then greatest(round(seconds_there, 0) - unpaid_break_seconds, 0)
            end as bigint
        ) as worked_seconds
    from timed
),

conformed as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key(['account_id', 'shift_id']) }} as varchar
        ) as shift_key,
        cast(account_id as varchar) as account_id,
        cast(shift_id as varchar) as shift_id,
        cast(business_id as varchar) as business_id,
        cast(employee_id as varchar) as employee_id,
        cast(
            case
                when employee_id is not null
                    then {{ dbt_utils.generate_surrogate_key(['account_id', 'employee_id']) }}
            end as varchar
        ) as employee_key,
        cast(location_key as varchar) as location_key,
        cast(job_title as varchar) as job_title,
        cast(source_status as varchar) as source_status,
        ended_at is null as is_open,
        cast(started_at as timestamp) as started_at,
        cast(ended_at as timestamp) as ended_at,
        cast({{ to_local('started_at', 'time_zone') }} as timestamp) as started_local_at,
        cast({{ to_local('ended_at', 'time_zone') }} as timestamp) as ended_local_at,
        {{ business_date('started_at', 'time_zone', 'day_cutoff_minutes') }} as business_date,
        {{ ratio('worked_seconds', '3600', 4) }} as worked_hours,
        {{ ratio('overtime_seconds', '3600', 4) }} as overtime_hours,
        {{ ratio('paid_break_seconds', '3600', 4) }} as paid_break_hours,
        {{ ratio('unpaid_break_seconds', '3600', 4) }} as unpaid_break_hours,
        cast(currency as varchar) as currency,
        {{ as_amount('hourly_wage') }} as hourly_wage,
        {{ ratio('cast(hourly_wage as numeric(18, 5)) * worked_seconds', '3600', 5) }}
            as wage_amount,
        {{ as_amount('declared_cash_tips') }} as declared_cash_tips
    from worked
)

select * from conformed
