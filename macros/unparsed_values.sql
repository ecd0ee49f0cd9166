{#- One row per value that did not parse in the staging models of the `entities` of a source. -#}
{% macro unparsed_values(source, entities) %}
    select
        account_id,
        entity,
        record_id,
        split_part(part, chr(31), 1) as field,
        split_part(part, chr(31), 2) as value
    from (
        select
            account_id,
            entity,
            record_id,
            {{ split_rows('_unparsed', 'chr(30)') }} as part
        from (
            {%- for entity in entities %}
            select account_id, '{{ entity }}' as entity, record_id, _unparsed
            from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
            where _unparsed is not null
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as unparsed
    ) as parts
    where part <> ''
{% endmacro %}
