{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per line of a K-Series sale, one per service charge on a line, and one each for the tips,
-- surcharges and cash rounding of its payments. Where prices hold tax, a line's net is its amount
-- with tax less that tax and less its service charge; where tax comes on top, the till's amount
-- with tax is not to be used, and net is the amount without.
with lines as (
    select
        lines.*,
        coalesce(lines.service_charge, 0) as charge,
        case
            when is_tax_included = false or amount_with_tax is null
                then coalesce(amount_without_tax, 0)
            else amount_with_tax - coalesce(tax_amount, 0) - coalesce(service_charge, 0)
        end as net
    from {{ ref('stg_lightspeed_k__sale_lines') }} as lines
),

sales as (
    select * from {{ ref('stg_lightspeed_k__sales') }}
    where account_fisc_id is not null
),

extras as (
    select
        _version_id,
        sum(coalesce(tip, 0)) as tip,
        sum(coalesce(surcharge, 0)) as surcharge,
        sum(coalesce(rounding_amount, 0)) as rounding
    from {{ ref('stg_lightspeed_k__sale_payments') }}
    group by _version_id
),

measured as (
    select
        _version_id, 'line|' || coalesce(line_id, '') || '|' || cast(item_position as varchar)
            as line_id,
        item_position as line_number, sku as product_id,
        coalesce(name_override, name) as description, staff_id, null as stated_line_type,
        coalesce(quantity, 0) as quantity, list_price, net,
        coalesce(discount_amount, 0) as discount, coalesce(tax_amount, 0) as tax,
        quantity * unit_cost as cost_amount, void_reason as note
    from lines
    union all
    select
        _version_id, 'charge|' || coalesce(line_id, '') || '|' || cast(item_position as varchar)
            as line_id,
        item_position + 4000 as line_number, null as product_id,
        'Service charge' as description, staff_id, 'service_charge' as stated_line_type,
        0 as quantity, null as list_price, charge as net, 0 as discount, 0 as tax,
        null as cost_amount, null as note
    from lines
    where charge <> 0
    {%- for column, description, line_type in [
        ('tip', 'Tip', 'tip'),
        ('surcharge', 'Surcharge', 'service_charge'),
        ('rounding', 'Cash rounding', 'rounding'),
    ] %}
        union all
        select
            _version_id, '{{ column }}' as line_id, {{ 8000 + loop.index0 }} as line_number,
            null as product_id, '{{ description }}' as description, null as staff_id,
            '{{ line_type }}' as stated_line_type, 0 as quantity, null as list_price,
            {{ column }} as net, 0 as discount, 0 as tax, null as cost_amount, null as note
        from extras
        where {{ column }} <> 0
    {%- endfor %}
),

translated as (
    select
        measured._version_id,
        sales.account_id,
        cast(sales.record_id as varchar) as sale_id,
        cast(measured.line_id as varchar) as line_id,
        cast(measured.line_number as integer) as line_number,
        measured.product_id,
        cast(measured.description as varchar) as description,
        cast(coalesce(measured.staff_id, sales.owner_id) as varchar) as employee_id,
        coalesce(sales.type = 'REFUND', false) as is_return,
        cast(measured.stated_line_type as varchar) as stated_line_type,
        cast(measured.quantity as numeric(38, 10)) as quantity,
        cast(measured.list_price as numeric(38, 10)) as unit_price,
        cast(measured.net as numeric(38, 10)) as stated_net,
        cast(measured.discount as numeric(38, 10)) as stated_discount,
        cast(measured.tax as numeric(38, 10)) as stated_tax,
        cast(measured.cost_amount as numeric(38, 10)) as cost_amount,
        cast(measured.note as varchar) as note
    from measured
    inner join sales on measured._version_id = sales._version_id
)

select * from translated
