{#-
    The union of one entity over the switched-on sources: `int_<source>__<entity>` for each of
    `sources`, the columns named one by one. Add a source here and nothing after it changes.
-#}
{% macro union_sources(entity, columns, sources=['lightspeed_x', 'files', 'square']) %}
    {%- set on = [] -%}
    {%- for source in sources if source in var('pos_sources') -%}
        {%- do on.append(source) -%}
    {%- endfor -%}
    {%- if execute and not on -%}
        {{ exceptions.raise_compiler_error(
            "vars: pos_sources in dbt_project.yml switches on no source of " ~ entity
        ) }}
    {%- endif -%}
    {%- for source in on %}
    select
        {%- for column in columns %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_' ~ source ~ '__' ~ entity) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
