{#- The day of this run, UTC; TILLHOUSE_RUN_DATE (YYYY-MM-DD) sets another one. -#}
{% macro run_date() -%}
    cast('{{ env_var('TILLHOUSE_RUN_DATE', '') or run_started_at.strftime('%Y-%m-%d') }}' as date)
{%- endmacro %}
