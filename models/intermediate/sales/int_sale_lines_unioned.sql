-- One row per line of every till, as the till states it.
with sale_lines as (
    {{ union_sources('sale_lines', [
        '_version_id', 'account_id', 'sale_id', 'line_id', 'line_number', 'product_id',
        'description', 'employee_id', 'is_return', 'stated_line_type', 'quantity', 'unit_price',
        'stated_net', 'stated_discount', 'stated_tax', 'cost_amount', 'note'
    ]) }}
)

select * from sale_lines
