{#-
    A select of the current raw records of several tables: which there are, whatever they hold.
    `tables`: {'<entity>': source}.
-#}
{% macro raw_records(tables) %}
    {%- for entity, table in tables.items() %}
    select
        cast(record_hash as varchar) as _version_id,
        '{{ entity }}' as entity,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id
    from {{ table }}
    where _dlt_valid_to is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
