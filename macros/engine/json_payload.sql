{#-
    The payload as the engine's JSON, or null when it cannot be read at all. Part of a payload is
    named by `root`: the object below that key.
-#}
{% macro json_payload(payload, root=none) %}
    {{ return(adapter.dispatch('json_payload')(payload, root)) }}
{% endmacro %}

{#- Lone surrogates and \u0000 become U+FFFD, so that one odd character never costs a record. -#}
{% macro default__json_payload(payload, root) %}
    {%- set mended -%}
        regexp_replace({{ payload }}, '\\u(0000|[dD][89a-fA-F][0-9a-fA-F][0-9a-fA-F])', '\\ufffd', 'g')
    {%- endset -%}
    {%- set readable -%}
        case
            when json_valid({{ payload }}) and not contains({{ payload }}, '\u0000') then {{ payload }}
            when json_valid({{ mended }}) then {{ mended }}
        end
    {%- endset -%}
    {%- if root is none -%}
        {{ readable }}
    {%- else -%}
        json_extract({{ readable }}, '$.{{ root }}')
    {%- endif -%}
{% endmacro %}

{% macro postgres__json_payload(payload, root) %}
    {%- if root is none -%}
        tillhouse.to_json({{ payload }})
    {%- else -%}
        tillhouse.to_json({{ payload }}) -> '{{ root }}'
    {%- endif -%}
{% endmacro %}
