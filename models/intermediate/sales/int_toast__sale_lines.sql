{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per item and service charge of a check and per tip, and the same of what was given back.
-- Prices are without tax, after the discounts of item and check, and hold the modifiers of their
-- item but for gift cards. What was voided is kept at zero.
with lines as (
    select * from {{ ref('int_toast__check_lines') }}
),

checks as (
    select
        {{ toast_check_version('checks', 'item_position') }} as check_version_id,
        coalesce(is_voided, false) as is_voided
    from {{ ref('stg_toast__checks') }} as checks
),

payments as (
    select * from {{ ref('stg_toast__check_payments') }}
),

refunds as (
    select * from {{ ref('int_toast__refunds') }}
),

sales as (
    select * from {{ ref('int_toast__sales') }}
),

sold as (
    select
        lines.*,
        case when lines.is_voided or checks.is_voided then 0 else 1 end as counts
    from lines
    inner join checks on lines.check_version_id = checks.check_version_id
),

given_back as (
    select
        lines.*,
        refunds._version_id as refund_version_id
    from lines
    inner join refunds
        on lines.check_version_id = refunds.check_version_id and refunds.has_items
    where lines.is_back
),

extras as (
    select
        {{ toast_check_version('payments') }} as _version_id, payments.item_position as place,
        'Tip' as description, 'tip' as stated_line_type, false as is_return,
        case when checks.is_voided then 0 else {{ toast_settled() }} * payments.tip_amount end
            as net
    from payments
    inner join checks on {{ toast_check_version('payments') }} = checks.check_version_id
    union all
    select
        _version_id, 1 as place, 'Tip' as description, 'tip' as stated_line_type,
        true as is_return, -tip as net
    from refunds
    union all
    select
        _version_id, 2 as place, 'Refund' as description, null as stated_line_type,
        true as is_return, -other_amount as net
    from refunds
),

measured as (
    select
        check_version_id as _version_id, line_id, line_number, item_id, description,
        false as is_return, stated_line_type, counts * pieces as quantity, receipt_line_price,
        counts * net as net, counts * discount as discount, counts * tax as tax
    from sold
    union all
    select
        refund_version_id, line_id, line_number, item_id, description, true as is_return,
        stated_line_type, case when is_all_back then -pieces else 0 end as quantity,
        receipt_line_price, -net_back as net, 0 as discount, -tax_back as tax
    from given_back
    union all
    select
        _version_id, lower(description) || '|' || cast(place as varchar) as line_id,
        8000 + place as line_number, null as item_id, description, is_return, stated_line_type,
        0 as quantity, null as receipt_line_price, net, 0 as discount, 0 as tax
    from extras
    where net <> 0
),

translated as (
    select
        cast(measured._version_id as varchar) as _version_id,
        sales.account_id,
        sales.sale_id,
        cast(measured.line_id as varchar) as line_id,
        cast(measured.line_number as integer) as line_number,
        cast(measured.item_id as varchar) as product_id,
        cast(measured.description as varchar) as description,
        sales.employee_id,
        measured.is_return,
        cast(measured.stated_line_type as varchar) as stated_line_type,
        cast(measured.quantity as numeric(38, 10)) as quantity,
        cast(measured.receipt_line_price as numeric(38, 10)) as unit_price,
        cast(measured.net as numeric(38, 10)) as stated_net,
        cast(measured.discount as numeric(38, 10)) as stated_discount,
        cast(measured.tax as numeric(38, 10)) as stated_tax,
        cast(null as numeric(38, 10)) as cost_amount,
        cast(null as varchar) as note
    from measured
    inner join sales on measured._version_id = sales._version_id
)

select * from translated
