{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per time entry that was not deleted. Breaks that have not ended yet count nothing; the
-- export gives them in hours.
with time_entries as (
    select * from {{ ref('stg_toast__time_entries') }}
    where time_entry_id is not null and not coalesce(is_deleted, false)
),

jobs as (
    select * from {{ ref('stg_toast__jobs') }}
),

locations as (
    select * from {{ ref('int_toast__locations') }}
),

breaks as (
    select
        _version_id,
        sum(case when is_paid then {{ seconds_apart('began_at', 'ended_at') }} else 0 end)
            as paid_seconds,
        sum(case when is_paid then 0 else {{ seconds_apart('began_at', 'ended_at') }} end)
            as unpaid_seconds
    from {{ ref('stg_toast__time_entry_breaks') }}
    where ended_at >= began_at
    group by _version_id
),

translated as (
    select
        time_entries.account_id,
        time_entries.time_entry_id as shift_id,
        time_entries.employee_id,
        locations.location_id,
        jobs.title as job_title,
        cast(
            case when time_entries.clocked_out_at is null then 'OPEN' else 'CLOSED' end as varchar
        ) as source_status,
        time_entries.clocked_in_at as started_at,
        time_entries.clocked_out_at as ended_at,
        cast(round(
            coalesce(time_entries.paid_break_hours * 3600, breaks.paid_seconds, 0), 0
        ) as bigint) as paid_break_seconds,
        cast(round(
            coalesce(time_entries.unpaid_break_hours * 3600, breaks.unpaid_seconds, 0), 0
        ) as bigint) as unpaid_break_seconds,
        cast(round(time_entries.overtime_hours * 3600, 0) as bigint) as overtime_seconds,
        cast(time_entries.hourly_wage as numeric(38, 10)) as hourly_wage,
        cast(time_entries.declared_cash_tips as numeric(38, 10)) as declared_cash_tips
    from time_entries
    left join breaks on time_entries._version_id = breaks._version_id
    left join locations on time_entries.account_id = locations.account_id
    left join jobs
        on time_entries.account_id = jobs.account_id and time_entries.job_id = jobs.job_id
)

select * from translated
