{#- How many items `json_items` finds at `path` of a payload. -#}
{% macro json_array_count(payload, path) %}
    {{ return(adapter.dispatch('json_array_count')(payload, path)) }}
{% endmacro %}

{% macro default__json_array_count(payload, path) -%}
    len(coalesce(json_extract({{ payload }}, '{{ json_items_path(path) }}'), []))
{%- endmacro %}

{% macro postgres__json_array_count(payload, path) -%}
    {%- if '.' in path -%}
    jsonb_array_length(coalesce(jsonb_path_query_array({{ payload }}, '{{ json_items_path(path) }}'), '[]'))
    {%- else -%}
    case
        when jsonb_typeof({{ payload }} -> '{{ path }}') = 'array'
            then jsonb_array_length({{ payload }} -> '{{ path }}')
        else 0
    end
    {%- endif -%}
{%- endmacro %}

{#- The sum of one field over the items of an array; what does not parse counts as 0. -#}
{% macro json_array_sum(payload, path, field) %}
    {{ return(adapter.dispatch('json_array_sum')(payload, path, field)) }}
{% endmacro %}

{% macro default__json_array_sum(payload, path, field) -%}
    coalesce(list_sum(list_transform(
        json_extract_string({{ payload }}, '$.{{ path }}[*].{{ field }}'),
        lambda item: {{ to_number('item') }}
    )), 0)
{%- endmacro %}

{% macro postgres__json_array_sum(payload, path, field) -%}
    (
        select coalesce(sum({{ to_number("item ->> '" ~ field ~ "'") }}), 0)
        from jsonb_array_elements(
            case
                when jsonb_typeof({{ payload }} -> '{{ path }}') = 'array'
                    then {{ payload }} -> '{{ path }}'
            end
        ) as items (item)
    )
{%- endmacro %}

{#-
    The sum of one field over the items of the array `path`, and of the arrays of that name inside
    them at any depth, of which the field `flag` is true and `but` is not.
-#}
{% macro json_nested_sum(payload, path, field, flag, but) %}
    {{ return(adapter.dispatch('json_nested_sum')(payload, path, field, flag, but)) }}
{% endmacro %}

{% macro default__json_nested_sum(payload, path, field, flag, but) -%}
    coalesce(list_sum(list_transform(
        list_filter(
            json_extract({{ payload }}, '$..{{ path }}[*]'),
            lambda item: coalesce({{ to_boolean("json_extract_string(item, '$." ~ flag ~ "')") }}, false)
                and not coalesce({{ to_boolean("json_extract_string(item, '$." ~ but ~ "')") }}, false)
        ),
        lambda item: {{ to_number("json_extract_string(item, '$." ~ field ~ "')") }}
    )), 0)
{%- endmacro %}

{% macro postgres__json_nested_sum(payload, path, field, flag, but) -%}
    (
        select coalesce(sum({{ to_number("item ->> '" ~ field ~ "'") }}), 0)
        from jsonb_path_query({{ payload }}, 'strict $.**.{{ path }}[*]') as items (item)
        where
            {{ to_boolean("item ->> '" ~ flag ~ "'") }}
            and not coalesce({{ to_boolean("item ->> '" ~ but ~ "'") }}, false)
    )
{%- endmacro %}
