{#-
    A select that adds to `relation` the named fields of its column `payload`, all read together,
    as text. A nested field is written with a dot (`brand.name`) and comes out as `brand__name`, the
    first item of an array as `returns.0`.
    A payload that is not a JSON object gives nulls, never an error.
-#}
{% macro json_fields(relation, fields) %}
    {{ return(adapter.dispatch('json_fields')(relation, fields)) }}
{% endmacro %}

{% macro default__json_fields(relation, fields) %}
    select
        parts.* exclude (_fields)
        {%- for field in fields %},
        parts._fields[{{ loop.index }}] as {{ json_column(field) }}
        {%- endfor %}
    from (
        select
            {{ relation }}.*,
            json_extract_string(
                {{ relation }}.payload,
                [{% for field in fields %}'$.{{ modules.re.sub('[.]([0-9]+)', '[\\1]', field) }}'{{ ', ' if not loop.last }}{% endfor %}]
            ) as _fields
        from {{ relation }}
    ) as parts
{% endmacro %}

{% macro postgres__json_fields(relation, fields) %}
    select
        {{ relation }}.*
        {%- for field in fields %},
        {% if '.' in field -%}
        {{ relation }}.payload #>> '{% raw %}{{% endraw %}{{ field | replace(".", ",") }}{% raw %}}{% endraw %}' as {{ json_column(field) }}
        {%- else -%}
        fields.{{ json_column(field) }}
        {%- endif %}
        {%- endfor %}
    from {{ relation }}
    left join lateral jsonb_to_record(
        case when jsonb_typeof({{ relation }}.payload) = 'object' then {{ relation }}.payload end
    ) as fields ({% for field in fields if '.' not in field %}{{ json_column(field) }} text{{ ', ' if not loop.last }}{% endfor %})
        on true
{% endmacro %}

{#- The column that holds a JSON field: quoted, so that any field name will do. -#}
{% macro json_column(field) -%}
    "{{ field | replace('.', '__') }}"
{%- endmacro %}
