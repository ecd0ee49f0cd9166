{#- The columns that a line carries unchanged through int_sale_lines_allocated. -#}
{% macro allocated_line_columns() -%}
    _version_id, amounts_version, account_id, sale_id, line_id, line_number, product_id,
        description, employee_id, is_return, stated_line_type, quantity, unit_price, cost_amount, note
{%- endmacro %}
