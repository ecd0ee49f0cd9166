{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per closure of a register and kind of tender. A register that was not opened again is not
-- closed yet, unless the export says when; what was read of it while it was open ends there.
with closures as (
    select * from {{ ref('stg_lightspeed_x__register_closures') }}
    where register_open_time is not null
),

payments as (
    select * from {{ ref('stg_lightspeed_x__closure_payments') }}
),

registers as (
    select * from {{ ref('stg_lightspeed_x__registers') }}
),

followed as (
    select
        closures.*,
        coalesce(
            register_close_time,
            lead(register_open_time) over (
                partition by account_id, register_id
                order by register_open_time, sequence_number nulls last, _version_id
            )
        ) as closed_at
    from closures
),

translated as (
    select
        followed.account_id,
        registers.outlet_id as location_id,
        followed.register_id,
        cast(null as date) as business_date,
        followed.register_open_time as covers_from,
        least(followed.closed_at, followed.extracted_at) as covers_until,
        followed.extracted_at as read_at,
        cast('tender' as varchar) as measure,
        payments.payment_type_name as tender_name,
        cast(coalesce(payments.total, 0) as numeric(18, 5)) as amount
    from followed
    inner join payments on followed._version_id = payments._version_id
    inner join registers
        on followed.account_id = registers.account_id
        and followed.register_id = registers.register_id
    where followed.closed_at is not null
)

select * from translated
