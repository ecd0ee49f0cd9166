{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per payment of a check that was given back, whole or in part. Toast says of each item how
-- much was given back of it, and not in which of several refunds: it is taken to be the first. What
-- no item accounts for was given back by amount.
with payments as (
    select
        payments.*,
        coalesce(refund_amount, 0) as refunded,
        coalesce(refund_tip, 0) as tip
    from {{ ref('stg_toast__check_payments') }} as payments
    where
        {{ toast_settled() }} = 1
        and (coalesce(refund_amount, 0) <> 0 or coalesce(refund_tip, 0) <> 0)
),

checks as (
    select * from {{ ref('stg_toast__checks') }}
    where check_id is not null
),

items as (
    select
        _version_id,
        parent_position,
        sum(coalesce(refunded_amount, 0)) as amount,
        sum(coalesce(refunded_tax, 0)) as tax
    from {{ ref('stg_toast__check_entries') }}
    group by _version_id, parent_position
),

ranked as (
    select
        payments.*,
        checks.check_id,
        row_number() over (
            partition by payments._version_id, payments.parent_position
            order by payments.refunded_at nulls last, payments.item_position
        ) as place
    from payments
    inner join checks
        on payments._version_id = checks._version_id
        and payments.parent_position = checks.item_position
),

itemised as (
    select
        ranked.*,
        ranked.place = 1 as has_items,
        case when ranked.place = 1 then coalesce(items.amount, 0) else 0 end as item_amount,
        case when ranked.place = 1 then coalesce(items.tax, 0) else 0 end as item_tax
    from ranked
    left join items
        on ranked._version_id = items._version_id
        and ranked.parent_position = items.parent_position
),

described as (
    select
        {{ toast_check_version('itemised') }} as check_version_id,
        {{ toast_check_version('itemised') }} || '|refund|' || cast(item_position as varchar)
            as _version_id,
        account_id,
        check_id,
        cast(
            check_id || '|refund|' || coalesce(payment_id, cast(item_position as varchar))
            as varchar
        ) as sale_id,
        payment_id,
        item_position as payment_position,
        server_id,
        device_id,
        refunded_at,
        cast(refunded + tip as numeric(38, 10)) as total,
        cast(tip as numeric(38, 10)) as tip,
        has_items,
        cast(item_tax as numeric(38, 10)) as item_tax,
        cast(refunded - item_amount - item_tax as numeric(38, 10)) as other_amount
    from itemised
)

select * from described
