{#- The text of several columns joined so that two different rows never give the same text. -#}
{% macro concat_for_hash(columns) -%}
    {%- for column in columns -%}
    coalesce(cast({{ column }} as varchar), '~'){{ " || '|' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
