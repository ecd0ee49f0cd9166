{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per shift: from its clocking in to its clocking out, each by the newest event of its
-- type, as a correction is one more event. The till knows no breaks, no overtime and no wage.
with shifts as (
    select * from {{ ref('stg_lightspeed_k__shifts') }}
    where shift_uuid is not null
),

events as (
    select
        _version_id,
        event_type,
        happened_at,
        row_number() over (
            partition by _version_id, event_type
            order by created_at desc nulls last, happened_at desc nulls last, item_position desc
        ) as place
    from {{ ref('stg_lightspeed_k__shift_events') }}
),

clocked as (
    select
        _version_id,
        max(case when event_type = 'CLOCK_IN' then happened_at end) as started_at,
        max(case when event_type = 'CLOCK_OUT' then happened_at end) as ended_at
    from events
    where place = 1
    group by _version_id
),

translated as (
    select
        shifts.account_id,
        cast(shifts.record_id as varchar) as shift_id,
        shifts.staff_id as employee_id,
        shifts.location_id,
        cast(null as varchar) as job_title,
        cast(case when clocked.ended_at is null then 'OPEN' else 'CLOSED' end as varchar)
            as source_status,
        clocked.started_at,
        clocked.ended_at,
        cast(0 as bigint) as paid_break_seconds,
        cast(0 as bigint) as unpaid_break_seconds,
        cast(null as bigint) as overtime_seconds,
        cast(null as numeric(38, 10)) as hourly_wage,
        cast(shifts.declared_cash_tips as numeric(38, 10)) as declared_cash_tips
    from shifts
    left join clocked on shifts._version_id = clocked._version_id
)

select * from translated
