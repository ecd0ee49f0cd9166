{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and sale: its rows and money there.
with raw_totals as (
    select * from {{ ref('stg_lightspeed_x__raw_totals') }}
),

sales as (
    select * from {{ ref('stg_lightspeed_x__sales') }}
),

lines as (
    select * from {{ ref('stg_lightspeed_x__sale_lines') }}
),

payments as (
    select * from {{ ref('stg_lightspeed_x__sale_payments') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

line_totals as (
    select
        _version_id,
        sum(coalesce(total_price, 0) + coalesce(total_tax, 0)) as lines_amount
    from lines
    group by _version_id
),

-- What the customer pays: X-Series may state totals in more than cents. A sale whose header is
-- not readable is worth its lines.
payable as (
    select
        'raw' as layer, raw_totals.account_id, raw_totals.sale_id,
        coalesce(
            round(raw_totals.total_amount * accounts.units_per_major, 0) * accounts.minor_unit,
            raw_totals.lines_amount
        ) as amount
    from raw_totals
    inner join accounts on raw_totals.account_id = accounts.account_id
    union all
    select
        'staging' as layer, sales.account_id, sales.sale_id,
        coalesce(
            round(
                (sales.total_price + coalesce(sales.total_tax, 0)) * accounts.units_per_major, 0
            ) * accounts.minor_unit,
            line_totals.lines_amount,
            0
        ) as amount
    from sales
    inner join accounts on sales.account_id = accounts.account_id
    left join line_totals on sales._version_id = line_totals._version_id
),

measures as (
    select layer, 'sales' as entity, account_id, sale_id, 1 as row_count, amount from payable
    union all
    select
        'raw' as layer, 'sale_lines' as entity, account_id, sale_id,
        line_rows as row_count, null as amount
    from raw_totals
    union all
    select
        'raw' as layer, 'payments' as entity, account_id, sale_id,
        payment_rows as row_count, payment_amount as amount
    from raw_totals
    union all
    select
        'staging' as layer, 'sale_lines' as entity, lines.account_id, sales.sale_id,
        1 as row_count, null as amount
    from lines
    inner join sales on lines._version_id = sales._version_id
    union all
    select
        'staging' as layer, 'payments' as entity, payments.account_id, sales.sale_id,
        1 as row_count, coalesce(payments.amount, 0) as amount
    from payments
    inner join sales on payments._version_id = sales._version_id
)

select * from measures
