{{ config(enabled='square' in var('pos_sources')) }}
-- One row per timecard. Money in major units; breaks that have not ended yet count nothing.
with timecards as (
    select * from {{ ref('stg_square__timecards') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

breaks as (
    select
        _version_id,
        sum(case when is_paid then {{ seconds_apart('start_at', 'end_at') }} else 0 end)
            as paid_seconds,
        sum(case when is_paid then 0 else {{ seconds_apart('start_at', 'end_at') }} end)
            as unpaid_seconds
    from {{ ref('stg_square__timecard_breaks') }}
    where end_at >= start_at
    group by _version_id
),

priced as (
    select
        timecards.*,
        coalesce(currencies.minor_unit, accounts.minor_unit) as minor_unit
    from timecards
    inner join accounts on timecards.account_id = accounts.account_id
    left join currencies on timecards.currency = currencies.currency
    where timecards.timecard_id is not null
),

translated as (
    select
        priced.account_id,
        priced.timecard_id as shift_id,
        priced.team_member_id as employee_id,
        priced.location_id,
        priced.job_title,
        priced.status as source_status,
        priced.start_at as started_at,
        priced.end_at as ended_at,
        cast(round(coalesce(breaks.paid_seconds, 0), 0) as bigint) as paid_break_seconds,
        cast(round(coalesce(breaks.unpaid_seconds, 0), 0) as bigint) as unpaid_break_seconds,
        cast(null as bigint) as overtime_seconds,
        {{ in_major_units('priced.hourly_rate_units', 'priced.minor_unit') }} as hourly_wage,
        {{ in_major_units('priced.cash_tip_units', 'priced.minor_unit') }} as declared_cash_tips
    from priced
    left join breaks on priced._version_id = breaks._version_id
)

select * from translated
