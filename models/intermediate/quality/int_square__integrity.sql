{{ config(enabled='square' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and sale: its rows and money there. Tips and cash
-- rounding, which Square keeps at the header, are lines of ours. A payment need not have an order.
with raw_totals as (
    select * from {{ ref('stg_square__raw_totals') }}
),

raw_payments as (
    select * from {{ ref('stg_square__raw_payments') }}
),

raw_refunds as (
    select * from {{ ref('stg_square__raw_refunds') }}
),

orders as (
    select
        orders.*,
        coalesce(net_total_units, coalesce(total_units, 0) - coalesce(return_total_units, 0))
            as payable_units,
        coalesce(net_tip_units, coalesce(tip_units, 0) - coalesce(return_tip_units, 0))
            as payable_tip_units,
        coalesce(rounding_units, 0) - coalesce(return_rounding_units, 0)
            as payable_rounding_units
    from {{ ref('stg_square__orders') }} as orders
),

entries as (
    select * from {{ ref('stg_square__order_entries') }}
),

payments as (
    select * from {{ ref('stg_square__payments') }}
),

refunds as (
    select * from {{ ref('stg_square__refunds') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

in_units as (
    select
        'raw' as layer, 'sales' as entity, account_id, sale_id, 1 as row_count, total_units as units
    from raw_totals
    union all
    select 'raw' as layer, 'sale_lines' as entity, account_id, sale_id, line_rows, null as units
    from raw_totals
    union all
    select
        'raw' as layer, 'payments' as entity, account_id,
        case when payment_id is not null then coalesce(order_id, '') end as sale_id, 1 as row_count,
        {{ square_settled('status') }} * coalesce(total_units, 0) as units
    from raw_payments
    union all
    select
        'raw' as layer, 'payments' as entity, account_id,
        case when refund_id is not null then coalesce(order_id, '') end as sale_id, 1 as row_count,
        -{{ square_settled('status') }} * coalesce(amount_units, 0) as units
    from raw_refunds
    union all
    select
        'staging' as layer, 'sales' as entity, account_id, order_id as sale_id, 1 as row_count,
        payable_units as units
    from orders
    union all
    select
        'staging' as layer, 'sale_lines' as entity, account_id, order_id as sale_id,
        case when payable_tip_units <> 0 then 1 else 0 end
        + case when payable_rounding_units <> 0 then 1 else 0 end as row_count,
        null as units
    from orders
    union all
    select
        'staging' as layer, 'sale_lines' as entity, entries.account_id, orders.order_id as sale_id,
        1 as row_count, null as units
    from entries
    inner join orders on entries._version_id = orders._version_id
    union all
    select
        'staging' as layer, 'payments' as entity, account_id,
        case when payment_id is not null then coalesce(order_id, '') end as sale_id, 1 as row_count,
        {{ square_settled('status') }} * coalesce(total_units, 0) as units
    from payments
    union all
    select
        'staging' as layer, 'payments' as entity, account_id,
        case when refund_id is not null then coalesce(order_id, '') end as sale_id, 1 as row_count,
        -{{ square_settled('status') }} * coalesce(amount_units, 0) as units
    from refunds
),

measures as (
    select
        in_units.layer,
        in_units.entity,
        in_units.account_id,
        in_units.sale_id,
        in_units.row_count,
        in_units.units * accounts.minor_unit as amount
    from in_units
    inner join accounts on in_units.account_id = accounts.account_id
)

select * from measures
