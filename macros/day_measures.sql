{#- The figures of a day that are sums of lines: name -> what one line of fct_sales adds to it. -#}
{% macro day_measures() %}
    {{ return({
        'gross_sales': "case when is_net_sales and not is_return and line_type <> 'discount'"
            " then gross_amount else 0 end",
        'discounts': "case when line_type = 'discount' then -net_amount"
            " when is_net_sales and not is_return then discount_amount else 0 end",
        'returns': "case when is_net_sales and is_return then -net_amount else 0 end",
        'net_sales': "case when is_net_sales then net_amount else 0 end",
        'tax': "tax_amount",
        'tips': "case when line_type = 'tip' then net_amount else 0 end",
        'service_charges': "case when line_type = 'service_charge' then net_amount else 0 end",
        'gift_cards': "case when line_type = 'gift_card' then net_amount else 0 end",
    }) }}
{% endmacro %}

{#- The sums of all of them, as columns. -#}
{% macro day_measure_sums() -%}
    {%- for measure, of_line in day_measures().items() %}
    sum({{ of_line }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- A select of the `kept` columns and a row for each of `columns`: its name and its amount. -#}
{% macro one_row_per_column(relation, columns, kept) -%}
    {%- for column in columns %}
    select {{ kept | join(', ') }}, '{{ column }}' as measure, {{ column }} as amount
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
