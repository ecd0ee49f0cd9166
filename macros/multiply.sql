{#- An exact product of two decimals; without the casts DuckDB overflows on numeric(38,10). -#}
{% macro multiply(left, right) -%}
    cast(cast({{ left }} as numeric(18, 5)) * cast(cast({{ right }} as numeric(18, 5)) as numeric(38, 5)) as numeric(38, 10))
{%- endmacro %}
