{#- How many whole times a divisor goes into a dividend: two whole numbers, none negative. -#}
{% macro whole_part(dividend, divisor) %}
    {{ return(adapter.dispatch('whole_part')(dividend, divisor)) }}
{% endmacro %}

{% macro default__whole_part(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}

{#- Whole numbers divide to whole numbers here. -#}
{% macro postgres__whole_part(dividend, divisor) -%}
    (({{ dividend }}) / ({{ divisor }}))
{%- endmacro %}
