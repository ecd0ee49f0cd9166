{{ config(enabled='square' in var('pos_sources')) }}
-- One row per Square payment (tip included) and refund. Money that is not there yet or never came
-- (approved, pending, canceled, failed, rejected) is kept at zero; an unknown status counts.
with payments as (
    select * from {{ ref('stg_square__payments') }}
    where payment_id is not null
),

refunds as (
    select * from {{ ref('stg_square__refunds') }}
    where refund_id is not null
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

named as (
    select
        payments.*,
        case
            when card_brand = 'SQUARE_GIFT_CARD' then card_brand
            when source_type = 'EXTERNAL' then coalesce(external_type, source_type)
            else source_type
        end as tender_name
    from payments
),

takings as (
    select
        _version_id, account_id, order_id, location_id, payment_id,
        null as refunded_payment_id, device_id, tender_name, created_at, currency,
        {{ square_settled('status') }} * total_units as units
    from named
    union all
    select
        refunds._version_id, refunds.account_id, refunds.order_id, refunds.location_id,
        refunds.refund_id as payment_id, refunds.payment_id as refunded_payment_id,
        named.device_id, coalesce(named.tender_name, refunds.destination_type) as tender_name,
        refunds.created_at, refunds.currency,
        -{{ square_settled('refunds.status') }} * refunds.amount_units as units
    from refunds
    left join named
        on refunds.account_id = named.account_id and refunds.payment_id = named.payment_id
),

translated as (
    select
        takings._version_id,
        takings.account_id,
        takings.order_id as sale_id,
        takings.payment_id,
        takings.device_id as register_id,
        takings.location_id,
        cast(takings.refunded_payment_id as varchar) as refunded_payment_id,
        cast(null as date) as reported_on,
        cast(null as numeric(38, 10)) as reported_amount,
        false as is_changed_since,
        cast(takings.tender_name as varchar) as tender_name,
        takings.created_at as paid_at,
        {{ in_major_units(
            'coalesce(takings.units, 0)', 'coalesce(currencies.minor_unit, accounts.minor_unit)'
        ) }} as amount
    from takings
    inner join accounts on takings.account_id = accounts.account_id
    left join currencies on takings.currency = currencies.currency
)

select * from translated
