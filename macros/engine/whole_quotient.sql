{#- The exact whole quotient of two whole numbers that divide without a remainder. -#}
{% macro whole_quotient(dividend, divisor) %}
    {{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}
{% endmacro %}

{#- `/` on DuckDB decimals is a double: whole numbers are divided as whole numbers. -#}
{% macro default__whole_quotient(dividend, divisor) -%}
    cast(cast({{ dividend }} as hugeint) // cast({{ divisor }} as hugeint) as numeric(38, 0))
{%- endmacro %}

{% macro postgres__whole_quotient(dividend, divisor) -%}
    cast(div({{ dividend }}, {{ divisor }}) as numeric(38, 0))
{%- endmacro %}
