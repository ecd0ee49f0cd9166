{{ config(enabled='square' in var('pos_sources')) }}
-- One row per Square order. What counts is the net of sale and return (net_amounts), tips and
-- charges included: a return or an exchange is an order of its own, whose total_money is empty.
-- Who sold it, and on which device, is known from its first payment or refund.
with orders as (
    select
        orders.*,
        coalesce(net_currency, total_currency, return_currency) as currency,
        coalesce(net_total_units, coalesce(total_units, 0) - coalesce(return_total_units, 0))
            as payable_units,
        coalesce(net_tax_units, coalesce(tax_units, 0) - coalesce(return_tax_units, 0))
            as payable_tax_units
    from {{ ref('stg_square__orders') }} as orders
    where order_id is not null
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

takings as (
    select
        account_id, order_id, payment_id as taking_id, created_at, team_member_id, customer_id,
        device_id, receipt_number
    from {{ ref('stg_square__payments') }}
    union all
    select
        account_id, order_id, refund_id as taking_id, created_at, team_member_id,
        null as customer_id, null as device_id, null as receipt_number
    from {{ ref('stg_square__refunds') }}
),

first_takings as (
    select
        takings.*,
        row_number() over (
            partition by account_id, order_id order by created_at nulls last, taking_id
        ) as place
    from takings
    where order_id is not null
),

priced as (
    select
        orders.*,
        coalesce(currencies.minor_unit, accounts.minor_unit) as minor_unit
    from orders
    inner join accounts on orders.account_id = accounts.account_id
    left join currencies on orders.currency = currencies.currency
),

translated as (
    select
        priced._version_id,
        priced.account_id,
        priced.order_id as sale_id,
        coalesce(takings.receipt_number, priced.reference_id) as receipt_number,
        priced.location_id,
        takings.device_id as register_id,
        takings.team_member_id as employee_id,
        coalesce(priced.customer_id, takings.customer_id) as customer_id,
        priced.state as source_status,
        lower(priced.source_name) as sales_channel,
        priced.source_order_id as return_of_sale_id,
        coalesce(priced.closed_at, priced.created_at) as sold_at,
        priced.created_at as opened_at,
        priced.updated_at,
        priced.extracted_at,
        false as is_deleted,
        {{ in_major_units('(payable_units - payable_tax_units)', 'minor_unit') }} as stated_net,
        {{ in_major_units('payable_tax_units', 'minor_unit') }} as stated_tax,
        {{ in_major_units('payable_units', 'minor_unit') }} as stated_total,
        cast(0 as numeric(38, 10)) as stated_order_discount,
        cast(0 as numeric(38, 10)) as stated_adjustments,
        cast(0 as numeric(38, 10)) as stated_discount_adjustments,
        coalesce(priced.note, priced.ticket_name) as note,
        priced.minor_unit
    from priced
    left join first_takings as takings
        on priced.account_id = takings.account_id
        and priced.order_id = takings.order_id
        and takings.place = 1
)

select * from translated
