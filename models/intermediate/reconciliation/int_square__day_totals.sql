{{ config(enabled='square' in var('pos_sources')) }}
-- One row per day, location and figure that Square itself keeps beside its orders: what it took and
-- gave back by tender, by the day and place of the payment or refund, whatever its order says; and
-- what gift cards were sold and loaded for, by their own movements, on the day of their order. An
-- order that was completed without a payment was paid all the same: its payment was lost, and it is
-- stated by its total; so is a return without a refund, after the 72 hours in which that may come.
-- A day with sales but no payment is stated as no cash. Not stated are days that were not over when
-- they were read, and days up to that of the first change of an order that was read: of those only
-- what was edited since is known.
with payments as (
    select * from {{ ref('int_square__payments') }}
),

read_in_full as (
    {{ last_read_of_both(ref('stg_square__orders'), ref('stg_square__payments')) }}
),

histories as (
    select account_id, min(updated_at) as read_from
    from {{ ref('stg_square__orders') }}
    group by account_id
),

settled as (
    select account_id, order_id, false as is_refund
    from {{ ref('stg_square__payments') }}
    where coalesce(status, '') not in ('CANCELED', 'FAILED', 'REJECTED')
    union
    select account_id, order_id, true as is_refund
    from {{ ref('stg_square__refunds') }}
    where coalesce(status, '') not in ('CANCELED', 'FAILED', 'REJECTED')
),

card_sales as (
    select * from {{ ref('int_square__gift_card_sales') }}
),

sales as (
    select * from {{ ref('int_square__sales') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

figures as (
    select
        account_id, location_id, paid_at as happened_at, 'tender' as measure, tender_name, amount
    from payments
    union all
    select
        account_id, location_id, sold_at as happened_at, 'tender' as measure,
        'CASH' as tender_name, 0 as amount
    from sales
    union all
    select
        sales.account_id, sales.location_id, sales.sold_at as happened_at, 'tender' as measure,
        'OTHER' as tender_name, sales.stated_total as amount
    from sales
    inner join histories
        on sales.account_id = histories.account_id and sales.opened_at >= histories.read_from
    inner join read_in_full on sales.account_id = read_in_full.account_id
    left join settled
        on sales.account_id = settled.account_id and sales.sale_id = settled.order_id
        and settled.is_refund = (sales.stated_total < 0)
    where
        sales.source_status = 'COMPLETED' and settled.order_id is null and (
            sales.stated_total > 0
            or (
                sales.stated_total < 0
                and sales.sold_at <= read_in_full.read_at - interval '72 hours'
            )
        )
    union all
    select
        account_id, location_id, sold_at as happened_at, 'gift_cards' as measure,
        null as tender_name, amount
    from card_sales
),

placed as (
    select
        figures.*,
        {{ business_date(
            'figures.happened_at', 'locations.time_zone', 'accounts.day_cutoff_minutes'
        ) }} as business_date,
        {{ business_date(
            'read_in_full.read_at', 'locations.time_zone', 'accounts.day_cutoff_minutes'
        ) }} as read_on,
        {{ business_date(
            'histories.read_from', 'locations.time_zone', 'accounts.day_cutoff_minutes'
        ) }} as read_from
    from figures
    inner join read_in_full on figures.account_id = read_in_full.account_id
    left join histories on figures.account_id = histories.account_id
    inner join locations
        on figures.account_id = locations.account_id and figures.location_id = locations.location_id
    inner join accounts on figures.account_id = accounts.account_id
),

translated as (
    select
        account_id, location_id, cast(null as varchar) as register_id,
        business_date,
        cast(null as timestamp) as covers_from,
        cast(null as timestamp) as covers_until,
        cast(null as timestamp) as read_at,
        cast(measure as varchar) as measure,
        cast(tender_name as varchar) as tender_name,
        cast(sum(amount) as numeric(18, 5)) as amount
    from placed
    where business_date < read_on and (read_from is null or business_date > read_from)
    group by account_id, location_id, business_date, measure, tender_name
)

select * from translated
