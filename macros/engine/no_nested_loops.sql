{#-
    Pre-hook of a model of many steps on whole tables: PostgreSQL knows no statistics of a step,
    and joining row by row, quick for ten rows, takes hours for a million. Holds for the model alone.
-#}
{% macro no_nested_loops() %}
    {{ return(adapter.dispatch('no_nested_loops')()) }}
{% endmacro %}

{% macro default__no_nested_loops() %}{% endmacro %}

{% macro postgres__no_nested_loops() -%}
    set local enable_nestloop = off
{%- endmacro %}
