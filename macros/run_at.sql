{#- The moment of this run, UTC; the start of the day TILLHOUSE_RUN_DATE where that is set. -#}
{% macro run_at() -%}
    cast('{{ env_var('TILLHOUSE_RUN_DATE', '') or run_started_at.strftime('%Y-%m-%d %H:%M:%S') }}' as timestamp)
{%- endmacro %}
