{{ config(enabled='square' in var('pos_sources')) }}
-- One row per entry of a Square order: items and charges, sold and returned, and one for its tips
-- and one for its cash rounding where it has them. Square states a line's total with tax and with
-- its share of the charges: net is what is left without both, whichever way its prices hold tax.
-- A charge that is spread over the items (apportioned) is taxed there.
with entries as (
    select * from {{ ref('stg_square__order_entries') }}
),

orders as (
    select * from {{ ref('stg_square__orders') }}
),

sales as (
    select * from {{ ref('int_square__sales') }}
),

weighed as (
    select
        entries.*,
        item_path like 'returns%' as is_return,
        item_path like '%service_charges' as is_charge,
        coalesce(treatment_type = 'APPORTIONED_TREATMENT', false) as is_apportioned,
        case when item_path like 'returns%' then -1 else 1 end as direction
    from entries
),

measured as (
    select
        weighed._version_id,
        item_path || '|' || coalesce(entry_uid, 'entry') || '|' || cast(item_position as varchar)
            as line_id,
        weighed.item_position
        + case item_path
            when 'line_items' then 0
            when 'returns.return_line_items' then 2000
            when 'service_charges' then 4000
            else 6000
        end as line_number,
        case when is_charge then null else catalog_object_id end as product_id,
        case
            when is_charge then coalesce(name, 'Service charge')
            else {{ square_product_name('name', 'variation_name') }}
        end as description,
        is_return,
        case
            when is_charge then 'service_charge'
            when item_type = 'GIFT_CARD' then 'gift_card'
        end as stated_line_type,
        direction * case when is_charge then 0 else coalesce(quantity, 0) end as quantity,
        base_price_units,
        direction * case
            when is_apportioned then coalesce(applied_units, amount_units, 0)
            else
                coalesce(
                    total_units,
                    coalesce(gross_sales_units, gross_return_units, applied_units, amount_units, 0)
                    - coalesce(discount_units, 0) + coalesce(tax_units, 0)
                )
                - coalesce(tax_units, 0)
                - case when is_charge then 0 else coalesce(service_charge_units, 0) end
        end as net_units,
        direction * coalesce(discount_units, 0) as discount_units,
        direction * case when is_apportioned then 0 else coalesce(tax_units, 0) end as tax_units,
        note
    from weighed
    union all
    select
        _version_id, 'tip' as line_id, 8000 as line_number, null as product_id,
        'Tip' as description, false as is_return, 'tip' as stated_line_type, 0 as quantity,
        null as base_price_units,
        coalesce(net_tip_units, coalesce(tip_units, 0) - coalesce(return_tip_units, 0))
            as net_units,
        0 as discount_units, 0 as tax_units, null as note
    from orders
    where coalesce(net_tip_units, coalesce(tip_units, 0) - coalesce(return_tip_units, 0)) <> 0
    union all
    select
        _version_id, 'rounding' as line_id, 8001 as line_number, null as product_id,
        'Cash rounding' as description, false as is_return, 'rounding' as stated_line_type,
        0 as quantity, null as base_price_units,
        coalesce(rounding_units, 0) - coalesce(return_rounding_units, 0) as net_units,
        0 as discount_units, 0 as tax_units, null as note
    from orders
    where coalesce(rounding_units, 0) - coalesce(return_rounding_units, 0) <> 0
),

translated as (
    select
        measured._version_id,
        sales.account_id,
        sales.sale_id,
        cast(measured.line_id as varchar) as line_id,
        cast(measured.line_number as integer) as line_number,
        measured.product_id,
        cast(measured.description as varchar) as description,
        sales.employee_id,
        measured.is_return,
        cast(measured.stated_line_type as varchar) as stated_line_type,
        cast(measured.quantity as numeric(38, 10)) as quantity,
        {{ in_major_units('measured.base_price_units', 'sales.minor_unit') }} as unit_price,
        {{ in_major_units('measured.net_units', 'sales.minor_unit') }} as stated_net,
        {{ in_major_units('measured.discount_units', 'sales.minor_unit') }} as stated_discount,
        {{ in_major_units('measured.tax_units', 'sales.minor_unit') }} as stated_tax,
        cast(null as numeric(38, 10)) as cost_amount,
        measured.note
    from measured
    inner join sales on measured._version_id = sales._version_id
)

select * from translated
