{#-
    A select that turns the array at `path` of each payload into rows: `payload` becomes the item,
    `item_position` counts from 1. What is no array has no items.
-#}
{% macro json_items(relation, path) %}
    {{ return(adapter.dispatch('json_items')(relation, path)) }}
{% endmacro %}

{% macro default__json_items(relation, path) %}
    select
        lists.* exclude (payload, _items),
        unnest(lists._items) as payload,
        cast(generate_subscripts(lists._items, 1) as integer) as item_position
    from (
        select
            {{ relation }}.*,
            json_extract({{ relation }}.payload, '$.{{ path }}[*]') as _items
        from {{ relation }}
    ) as lists
{% endmacro %}

{% macro postgres__json_items(relation, path) %}
    select
        {{ relation }}.account_id,
        {{ relation }}.record_id,
        {{ relation }}._version_id,
        {{ relation }}.extracted_at,
        {{ relation }}.raw_payload,
        items.payload,
        cast(items.item_position as integer) as item_position
    from {{ relation }}
    cross join lateral jsonb_array_elements(
        case
            when jsonb_typeof({{ relation }}.payload -> '{{ path }}') = 'array'
                then {{ relation }}.payload -> '{{ path }}'
        end
    ) with ordinality as items (payload, item_position)
{% endmacro %}
