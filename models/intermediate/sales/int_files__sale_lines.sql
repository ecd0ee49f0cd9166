{{ config(enabled='files' in var('pos_sources')) }}
-- One row per line of a file drop. Net is what the file says, or quantity x price less discount.
with lines as (
    select * from {{ ref('stg_files__sale_lines') }}
),

sales as (
    select * from {{ ref('int_files__sales') }}
),

priced as (
    select
        sales._version_id,
        lines.account_id,
        lines.sale_id,
        lines.record_id,
        lines.line_number,
        lines.product_id,
        lines.description,
        coalesce(lines.employee_id, sales.employee_id) as employee_id,
        lines.is_return,
        sales.line_sign,
        sales.line_sign * coalesce(lines.quantity, 0) as quantity,
        lines.unit_price,
        {{ multiply('lines.quantity', 'lines.unit_price') }} as gross,
        coalesce(lines.discount_amount, 0) as discount,
        lines.net_amount,
        lines.tax_amount,
        {{ multiply('lines.quantity', 'lines.unit_cost') }} as cost
    from lines
    inner join sales on lines.account_id = sales.account_id and lines.sale_id = sales.sale_id
),

translated as (
    select
        _version_id,
        account_id,
        sale_id,
        record_id as line_id,
        cast(
            row_number() over (
                partition by account_id, sale_id
                order by {{ to_number('line_number') }} nulls last, length(record_id), record_id
            ) as integer
        ) as line_number,
        product_id,
        description,
        employee_id,
        coalesce(is_return, false) or quantity < 0 as is_return,
        cast(null as varchar) as stated_line_type,
        quantity,
        unit_price,
        line_sign * coalesce(net_amount, gross - discount, 0) as stated_net,
        line_sign * coalesce(gross - net_amount, discount, 0) as stated_discount,
        line_sign * tax_amount as stated_tax,
        line_sign * cost as cost_amount,
        cast(null as varchar) as note
    from priced
)

select * from translated
