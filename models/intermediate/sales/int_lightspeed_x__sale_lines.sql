{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per line of an X-Series sale. Every amount stands there under two names; line amounts
-- are without tax and after discount. A voided line of a sale that stands is kept at zero.
with lines as (
    select * from {{ ref('stg_lightspeed_x__sale_lines') }}
),

sales as (
    select * from {{ ref('stg_lightspeed_x__sales') }}
),

weighed as (
    select
        lines.*,
        sales.sale_id,
        sales.user_id,
        case when lines.status = 'VOIDED' and sales.status <> 'VOIDED' then 0 else 1 end as stands
    from lines
    inner join sales on lines._version_id = sales._version_id
    where sales.sale_id is not null
),

translated as (
    select
        _version_id,
        account_id,
        sale_id,
        coalesce(line_id, 'line') || '|' || cast(item_position as varchar) as line_id,
        item_position as line_number,
        product_id,
        cast(null as varchar) as description,
        coalesce(salesperson_id, user_id) as employee_id,
        coalesce(is_return, quantity < 0, false) as is_return,
        cast(null as varchar) as stated_line_type,
        stands * coalesce(quantity, 0) as quantity,
        coalesce(unit_price, price) as unit_price,
        stands * coalesce(total_price, price_total, 0) as stated_net,
        stands * coalesce(total_discount, discount_total, 0) as stated_discount,
        stands * coalesce(total_tax, tax_total, 0) as stated_tax,
        stands * coalesce(total_cost, cost_total) as cost_amount,
        note
    from weighed
)

select * from translated
