{#-
    A select that turns the array at `path` of each payload into rows: `payload` becomes the item,
    `item_position` counts from 1. What is no array has no items. `a.b` is the arrays b of all items
    of the array a, one after the other. With a list of paths their items stand below each other,
    and `item_path` says which path each came from. `keep` names further columns of the relation.
-#}
{% macro json_items(relation, path, keep=[]) -%}
    {%- if path is string -%}
        {{ adapter.dispatch('json_items')(relation, path, keep) }}
    {%- else -%}
        {%- for one in path %}
    select
        items_{{ loop.index }}.*,
        '{{ one }}' as item_path
    from ({{ adapter.dispatch('json_items')(relation, one, keep) }}) as items_{{ loop.index }}
    {{ 'union all' if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro default__json_items(relation, path, keep) %}
    select
        lists.* exclude (payload, _items),
        unnest(lists._items) as payload,
        cast(generate_subscripts(lists._items, 1) as integer) as item_position
    from (
        select
            {{ relation }}.*,
            json_extract({{ relation }}.payload, '{{ json_items_path(path) }}') as _items
        from {{ relation }}
    ) as lists
{% endmacro %}

{% macro postgres__json_items(relation, path, keep) %}
    select
        {{ relation }}.account_id,
        {{ relation }}.record_id,
        {{ relation }}._version_id,
        {{ relation }}.extracted_at,
        {{ relation }}.raw_payload,
        {%- for column in keep %}
        {{ relation }}.{{ column }},
        {%- endfor %}
        items.payload,
        cast(items.item_position as integer) as item_position
    from {{ relation }}
    cross join lateral {{ 'jsonb_path_query' if '.' in path else 'jsonb_array_elements' }}(
        {% if '.' in path -%}
        {{ relation }}.payload, '{{ json_items_path(path) }}'
        {%- else -%}
        case
            when jsonb_typeof({{ relation }}.payload -> '{{ path }}') = 'array'
                then {{ relation }}.payload -> '{{ path }}'
        end
        {%- endif %}
    ) with ordinality as items (payload, item_position)
{% endmacro %}

{#- `a.b` as the JSON path of its items: $.a[*].b[*] -#}
{% macro json_items_path(path) -%}
    $.{{ path | replace('.', '[*].') }}[*]
{%- endmacro %}
