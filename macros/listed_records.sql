{#-
    A select of the ids in a source's lists of customers and products: one row per layer (raw,
    staging), entity and id. An id that stands there twice is one; records without an id are counted
    together. `staged` is a select of entity, account_id, record_id and listed_id.
-#}
{% macro listed_records(raw_records, staged) %}
    select
        layer,
        entity,
        account_id,
        listed_id,
        case when listed_id is null then count(*) else 1 end as row_count
    from (
        select 'staging' as layer, entity, account_id, listed_id from {{ staged }}
        union all
        select
            'raw' as layer,
            raw.entity,
            raw.account_id,
            case when staged.record_id is null then raw.record_id else staged.listed_id end
                as listed_id
        from {{ raw_records }} as raw
        left join {{ staged }} as staged
            on raw.entity = staged.entity
            and raw.account_id = staged.account_id
            and raw.record_id = staged.record_id
    ) as layers
    group by layer, entity, account_id, listed_id
{% endmacro %}
