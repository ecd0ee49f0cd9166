{#-
    An exact product of two decimals; without the casts DuckDB overflows on numeric(38,10). Null beyond
    a trillion: no amount of a till (see to_number), but a barcode that was typed as a quantity.
-#}
{% macro multiply(left, right) -%}
    {%- set product -%}
    cast(cast({{ left }} as numeric(18, 5)) * cast(cast({{ right }} as numeric(18, 5)) as numeric(38, 5)) as numeric(38, 10))
    {%- endset -%}
    case when abs({{ product }}) < 1000000000000 then {{ product }} end
{%- endmacro %}
