{#- An expression that gives one row for each part of a text, in a select list. -#}
{% macro split_rows(text, separator) %}
    {{ return(adapter.dispatch('split_rows')(text, separator)) }}
{% endmacro %}

{% macro default__split_rows(text, separator) -%}
    unnest(string_to_array({{ text }}, {{ separator }}))
{%- endmacro %}
