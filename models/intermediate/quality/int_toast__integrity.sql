{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and sale: its rows and money there. A check is a sale;
-- each of its payments that was given back is a return, a sale of its own.
with checks as (
    select 'raw' as layer, _version_id, item_position, account_id, check_id, is_voided, total_amount
    from {{ ref('stg_toast__raw_checks') }}
    union all
    select
        'staging' as layer, _version_id, item_position, account_id, check_id, is_voided,
        total_amount
    from {{ ref('stg_toast__checks') }}
),

entries as (
    select
        'raw' as layer, _version_id, parent_position, refunded_amount, refunded_tax, price,
        {{ toast_cards_within() }} as cards
    from {{ ref('stg_toast__raw_amounts') }}
    where item_path <> 'payments'
    union all
    select
        'staging' as layer, _version_id, parent_position, refunded_amount, refunded_tax, price,
        {{ toast_cards_within() }} as cards
    from {{ ref('stg_toast__check_entries') }}
),

payments as (
    select
        'raw' as layer, _version_id, parent_position, item_position, payment_id, payment_status,
        void_business_day, amount, tip_amount, refund_amount, refund_tip, refunded_at
    from {{ ref('stg_toast__raw_amounts') }}
    where item_path = 'payments'
    union all
    select
        'staging' as layer, _version_id, parent_position, item_position, payment_id, payment_status,
        void_business_day, amount, tip_amount, refund_amount, refund_tip, refunded_at
    from {{ ref('stg_toast__check_payments') }}
),

settled as (
    select
        payments.*,
        {{ toast_settled() }} * (coalesce(amount, 0) + coalesce(tip_amount, 0)) as paid,
        {{ toast_settled() }} * coalesce(tip_amount, 0) as tip,
        {{ toast_settled() }} * coalesce(refund_tip, 0) as tip_back,
        {{ toast_settled() }} * (coalesce(refund_amount, 0) + coalesce(refund_tip, 0)) as back
    from payments
),

of_payments as (
    select
        layer, _version_id, parent_position, count(*) as payment_rows, sum(paid) as paid,
        sum(case when tip <> 0 then 1 else 0 end) as tip_rows
    from settled
    group by layer, _version_id, parent_position
),

of_entries as (
    select
        layer, _version_id, parent_position,
        sum(case when cards <> 0 then 2 else 1 end) as entry_rows,
        sum(
            case when refunded_amount <> 0 or refunded_tax <> 0 then 1 else 0 end
            + case when cards <> 0 and refunded_amount = price then 1 else 0 end
        ) as rows_back,
        sum(coalesce(refunded_amount, 0) + coalesce(refunded_tax, 0)) as back
    from entries
    group by layer, _version_id, parent_position
),

sold as (
    select
        checks.*,
        of_payments.paid, coalesce(of_payments.payment_rows, 0) as payment_rows,
        coalesce(of_entries.rows_back, 0) as rows_back, coalesce(of_entries.back, 0) as back,
        case when checks.is_voided then 0 else checks.total_amount end as total,
        coalesce(of_entries.entry_rows, 0)
        + case when checks.is_voided then 0 else coalesce(of_payments.tip_rows, 0) end as line_rows
    from checks
    left join of_payments
        on checks.layer = of_payments.layer and checks._version_id = of_payments._version_id
        and checks.item_position = of_payments.parent_position
    left join of_entries
        on checks.layer = of_entries.layer and checks._version_id = of_entries._version_id
        and checks.item_position = of_entries.parent_position
),

given_back as (
    select
        sold.layer, sold.account_id, sold.check_id, settled.payment_id, settled.item_position,
        settled.tip_back, settled.back, sold.rows_back, sold.back as items_back,
        row_number() over (
            partition by settled.layer, settled._version_id, settled.parent_position
            order by settled.refunded_at nulls last, settled.item_position
        ) as place
    from settled
    inner join sold
        on settled.layer = sold.layer and settled._version_id = sold._version_id
        and settled.parent_position = sold.item_position
    where settled.back <> 0 and sold.check_id is not null
),

totals as (
    select layer, account_id, check_id as sale_id, total, line_rows, payment_rows, paid from sold
    union all
    select
        layer, account_id,
        check_id || '|refund|' || coalesce(payment_id, cast(item_position as varchar)) as sale_id,
        -back as total,
        case when place = 1 then rows_back else 0 end + case when tip_back <> 0 then 1 else 0 end
        + case when back - tip_back <> case when place = 1 then items_back else 0 end then 1 else 0
        end as line_rows,
        1 as payment_rows, -back as paid
    from given_back
),

measures as (
    select layer, 'sales' as entity, account_id, sale_id, 1 as row_count, total as amount
    from totals
    union all
    select layer, 'sale_lines' as entity, account_id, sale_id, line_rows, null as amount from totals
    union all
    select layer, 'payments' as entity, account_id, sale_id, payment_rows, paid from totals
)

select * from measures
