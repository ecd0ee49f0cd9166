{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per payment of a K-Series sale, tip and surcharge included. Payments have ids of their
-- own (their UUID is not unique for split bills); one without goes by its place. It counts when
-- its sale does, and the till's own total holds it on the day whose list names the sale.
with payments as (
    select
        payments.*,
        {{ lightspeed_k_paid() }} as paid
    from {{ ref('stg_lightspeed_k__sale_payments') }} as payments
),

moments as (
    select * from {{ ref('int_lightspeed_k__sale_moments') }}
),

listed as (
    select distinct account_id, sale_id, business_date
    from {{ ref('int_lightspeed_k__listed_sales') }}
),

translated as (
    select
        payments._version_id,
        payments.account_id,
        cast(payments.record_id as varchar) as sale_id,
        cast(
            coalesce(payments.fisc_id, 'payment') || '|' || cast(payments.item_position as varchar)
            as varchar
        ) as payment_id,
        payments.device_id as register_id,
        cast(null as varchar) as location_id,
        listed.business_date as reported_on,
        cast(null as numeric(38, 10)) as reported_amount,
        false as is_changed_since,
        cast(coalesce(payments.description, payments.code) as varchar) as tender_name,
        coalesce(moments.sold_at, payments.paid_at) as paid_at,
        cast(payments.paid as numeric(38, 10)) as amount
    from payments
    inner join moments on payments._version_id = moments._version_id
    left join listed
        on payments.account_id = listed.account_id and payments.record_id = listed.sale_id
)

select * from translated
