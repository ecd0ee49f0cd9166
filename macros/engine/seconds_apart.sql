{#- The whole seconds between two moments, whichever comes first. -#}
{% macro seconds_apart(left, right) -%}
    abs(extract(epoch from {{ left }}) - extract(epoch from {{ right }}))
{%- endmacro %}
