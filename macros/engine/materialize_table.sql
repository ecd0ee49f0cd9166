{#-
    How DuckDB makes a table: replaced in one transaction. dbt-duckdb's own way builds beside the old
    table and renames both, for foreign keys, indexes and grants, of which Tillhouse has none; renaming
    and dropping took a seventh of the work of a night. PostgreSQL keeps dbt's way.
-#}
{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set has_contract = config.get('contract').enforced -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') %}
        {%- if existing is not none and not existing.is_table %}
        drop {{ existing.type }} {{ existing }};
        {%- endif %}
        {%- if has_contract %}
        {{ get_assert_columns_equivalent(compiled_code) }}
        create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
        insert into {{ target }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }})
        {%- else %}
        create or replace table {{ target }} as ({{ compiled_code }})
        {%- endif %}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
