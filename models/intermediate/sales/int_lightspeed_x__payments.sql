{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per tender of an X-Series sale.
with payments as (
    select * from {{ ref('stg_lightspeed_x__sale_payments') }}
),

sales as (
    select * from {{ ref('stg_lightspeed_x__sales') }}
),

payment_types as (
    select * from {{ ref('stg_lightspeed_x__payment_types') }}
),

translated as (
    select
        payments._version_id,
        payments.account_id,
        sales.sale_id,
        coalesce(payments.payment_id, 'payment')
        || '|' || cast(payments.item_position as varchar) as payment_id,
        payments.register_id,
        cast(null as varchar) as location_id,
        cast(null as varchar) as refunded_payment_id,
        cast(null as date) as reported_on,
        cast(null as numeric(38, 10)) as reported_amount,
        false as is_changed_since,
        coalesce(payments.name, payment_types.name) as tender_name,
        payments.payment_date as paid_at,
        coalesce(payments.amount, 0) as amount
    from payments
    inner join sales on payments._version_id = sales._version_id
    left join payment_types
        on payments.account_id = payment_types.account_id
        and payments.retailer_payment_type_id = payment_types.payment_type_id
    where sales.sale_id is not null
)

select * from translated
