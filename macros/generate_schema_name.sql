{#- Schemas have plain names on every target: staging, intermediate, marts, reports, seeds. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
