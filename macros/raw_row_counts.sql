{#- One row per account and entity: how many records are current in the raw table, and staged. -#}
{% macro raw_row_counts(source_name, entities) %}
    {%- for entity in entities %}
    select
        '{{ entity }}' as entity,
        account_id,
        count(*) as raw_rows
    from {{ source('raw_' ~ source_name, entity) }}
    where _dlt_valid_to is null
    group by account_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
