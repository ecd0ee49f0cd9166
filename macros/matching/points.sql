{#-
    A number in ten-thousandths, as a whole one: what is summed, ranked or compared later is whole,
    so that every engine and any order of adding up gives the same. Halves go up.
-#}
{% macro points(value) -%}
    cast(floor(10000 * ({{ value }}) + 0.5) as bigint)
{%- endmacro %}

{#- A quotient of two numbers as a double; null over zero. -#}
{% macro quotient(dividend, divisor) -%}
    (cast({{ dividend }} as double precision) / nullif(cast({{ divisor }} as double precision), 0))
{%- endmacro %}
