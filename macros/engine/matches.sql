{#- Whether a text holds a pattern; patterns without look-around and back references. -#}
{% macro matches(text, pattern) %}
    {{ return(adapter.dispatch('matches')(text, pattern)) }}
{% endmacro %}

{% macro default__matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__matches(text, pattern) -%}
    {{ text }} ~ '{{ pattern }}'
{%- endmacro %}
