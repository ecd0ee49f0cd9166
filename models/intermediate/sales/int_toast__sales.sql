{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per check of a Toast order, and one per payment of it that was given back: a return on
-- the day of the refund, as in Toast's own reports. A check is placed at the first of its moments
-- that lies on the business day that the till states. Voided, it is kept at zero. A day outside of
-- the account's own is another account's: what lies on it is as good as deleted here.
with orders as (
    select * from {{ ref('stg_toast__orders') }}
),

checks as (
    select * from {{ ref('stg_toast__checks') }}
    where check_id is not null
),

refunds as (
    select * from {{ ref('int_toast__refunds') }}
),

locations as (
    select * from {{ ref('int_toast__locations') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

joined as (
    select
        checks.*,
        {{ toast_check_version('checks', 'item_position') }} as check_version_id,
        orders.source,
        orders.business_day,
        orders.promised_at,
        orders.modified_at,
        orders.opened_at as order_opened_at,
        orders.server_id,
        locations.location_id,
        coalesce(locations.time_zone, accounts.time_zone) as time_zone,
        accounts.day_cutoff_minutes, accounts.active_from, accounts.active_to,
        case when checks.is_voided then 0 else 1 end as counts,
        coalesce(orders.is_deleted, false) or coalesce(checks.is_deleted, false) as is_gone,
        case
            when orders.is_test then 'TEST'
            when orders.is_excess_food then 'EXCESS_FOOD'
            when orders.is_voided or checks.is_voided then 'VOIDED'
            else coalesce(checks.payment_status, 'CLOSED')
        end as status
    from checks
    inner join orders on checks._version_id = orders._version_id
    inner join accounts on checks.account_id = accounts.account_id
    left join locations on checks.account_id = locations.account_id
),

placed as (
    select
        joined.*,
        coalesce(
            {{ toast_moment_of_day('opened_at') }}, {{ toast_moment_of_day('order_opened_at') }},
            {{ toast_moment_of_day('paid_at') }}, {{ toast_moment_of_day('promised_at') }},
            opened_at, order_opened_at, paid_at
        ) as sold_at
    from joined
),

both_kinds as (
    select
        check_version_id as _version_id, account_id, check_id as sale_id,
        coalesce(display_number, check_id) as receipt_number, location_id, device_id, server_id,
        customer_id, status, source, cast(null as varchar) as return_of_sale_id, sold_at,
        opened_at, modified_at, extracted_at, is_gone, time_zone,
        day_cutoff_minutes, active_from, active_to, counts * total_amount as total,
        counts * coalesce(tax_amount, 0) as tax, tab_name
    from placed
    union all
    select
        refunds._version_id, refunds.account_id, refunds.sale_id,
        coalesce(placed.display_number, placed.check_id) as receipt_number, placed.location_id,
        refunds.device_id, coalesce(refunds.server_id, placed.server_id) as server_id,
        placed.customer_id,
        case when placed.status in ('TEST', 'EXCESS_FOOD') then placed.status else 'REFUND' end
            as status,
        placed.source, placed.check_id as return_of_sale_id,
        coalesce(refunds.refunded_at, placed.sold_at) as sold_at, placed.opened_at,
        placed.modified_at, placed.extracted_at, placed.is_gone, placed.time_zone,
        placed.day_cutoff_minutes, placed.active_from, placed.active_to,
        -refunds.total as total, -refunds.item_tax as tax, placed.tab_name
    from refunds
    inner join placed on refunds.check_version_id = placed.check_version_id
),

translated as (
    select
        cast(_version_id as varchar) as _version_id,
        account_id,
        sale_id,
        cast(receipt_number as varchar) as receipt_number,
        cast(location_id as varchar) as location_id,
        device_id as register_id,
        server_id as employee_id, customer_id,
        cast(status as varchar) as source_status,
        cast(lower(source) as varchar) as sales_channel,
        return_of_sale_id,
        sold_at, opened_at,
        modified_at as updated_at,
        extracted_at,
        is_gone or not coalesce(
            {{ business_date('sold_at', 'time_zone', 'day_cutoff_minutes') }}
            between active_from and active_to, true
        ) as is_deleted,
        cast(total - tax as numeric(38, 10)) as stated_net,
        cast(tax as numeric(38, 10)) as stated_tax,
        cast(total as numeric(38, 10)) as stated_total,
        cast(0 as numeric(38, 10)) as stated_order_discount,
        cast(0 as numeric(38, 10)) as stated_adjustments,
        cast(0 as numeric(38, 10)) as stated_discount_adjustments,
        tab_name as note
    from both_kinds
)

select * from translated
