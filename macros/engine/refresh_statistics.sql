{#-
    Post-hook of tables: what the planner must know of a table that was just filled. PostgreSQL
    guesses without it, and a wrong guess joins a million rows one by one; DuckDB needs nothing.
-#}
{% macro refresh_statistics() %}
    {{ return(adapter.dispatch('refresh_statistics')()) }}
{% endmacro %}

{% macro default__refresh_statistics() %}{% endmacro %}

{% macro postgres__refresh_statistics() %}
    {%- if model.config.materialized in ('table', 'incremental') -%}
        analyze {{ this }}
    {%- endif -%}
{% endmacro %}
