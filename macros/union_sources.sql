{#-
    The union of one entity over the switched-on sources: `int_<source>__<entity>` for each of
    `sources`, the columns named one by one. Add a source here and nothing after it changes.
    With no such source on it has no rows, and the types that the model's contract gives.
-#}
{% macro union_sources(
    entity, columns, sources=['lightspeed_x', 'files', 'square', 'lightspeed_k', 'toast']
) %}
    {%- set on = [] -%}
    {%- for source in sources if source in var('pos_sources') -%}
        {%- do on.append(source) -%}
    {%- endfor -%}
    {%- if not on %}
    select
        {%- for column in columns %}
        cast(null as {{ (model.columns[column] or {}).data_type or 'varchar' }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endif %}
    {%- for source in on %}
    select
        {%- for column in columns %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_' ~ source ~ '__' ~ entity) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
