{#- Whole days from one date to another, null when either is. -#}
{% macro days_between(first_date, second_date) -%}
    (cast({{ second_date }} as date) - cast({{ first_date }} as date))
{%- endmacro %}
