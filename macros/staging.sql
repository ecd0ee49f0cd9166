{#-
    The select of a staging model: the current records of a raw table, their fields named and typed.

    `fields` says what to read: {'<field in the payload>': '<type>[ as <column>]'}, type being text,
    number, timestamp, date, boolean or json (kept as text). A value that does not parse is null
    and named in `_unparsed`, which int_rejected_records lists. `'list.field': 'sum as <column>'`
    adds up a number over a list in the payload, `'list.field': 'sum of flag but other as <column>'`
    over that list and those of its name inside it, where `flag` is true and `other` is not. `root` reads the object below a key, `items` one
    row per item of the array at that path, or at each of a list of paths; with `parent` those are
    paths within the items of the array `parent`, whose place is `parent_position`.

    The models are incremental by version: `_version_id` is the raw version, each is parsed once.
-#}
{% macro staged_records(source_relation, fields, root=none, items=none, parent=none) %}
with versions as (
    select
        raw.account_id,
        raw.record_id,
        raw.record_hash as _version_id,
        cast(timezone('UTC', raw.extracted_at) as timestamp) as extracted_at,
        raw.payload as raw_payload,
        {{ json_payload('raw.payload', root) }} as payload
    from {{ source_relation }} as raw
    where raw._dlt_valid_to is null
    {%- if is_incremental() %}
        and not exists (select 1 from {{ this }} as done where done._version_id = raw.record_hash)
    {%- endif %}
),
{% if parent %}
parents as (
    select
        account_id, record_id, _version_id, extracted_at, raw_payload, payload,
        item_position as parent_position
    from ({{ json_items('versions', parent) }}) as items_of_versions
),
{% endif -%}
{%- if items %}
items as (
    {{ json_items('parents' if parent else 'versions', items, ['parent_position'] if parent else []) }}
),
{% endif -%}
{%- set read_fields = [] -%}
{%- for field, spec in fields.items() if not spec.startswith('sum') -%}
    {%- do read_fields.append(field) -%}
{%- endfor %}
fields as (
    {{ json_fields('items' if items else 'versions', read_fields) }}
),

typed as (
    select
        cast(fields._version_id as varchar) as _version_id,
        cast(fields.account_id as varchar) as account_id,
        cast(fields.record_id as varchar) as record_id,
        fields.extracted_at
        {%- if parent %},
        fields.parent_position
        {%- endif %}
        {%- if items %},
        fields.item_position
        {%- if items is not string %},
        cast(fields.item_path as varchar) as item_path
        {%- endif %}
        {%- endif %}
        {%- for field, spec in fields.items() %},
        {{ typed_field(field, spec) }} as {{ staged_column(field, spec) }}
        {%- endfor %},
        {{ unparsed_fields(fields) }} as _unparsed
    from fields
)

select * from typed
{% endmacro %}

{#- The column name of a staged field: its own, or what stands after ` as `. -#}
{% macro staged_column(field, spec) -%}
    {{ spec.split(' as ')[1] if ' as ' in spec else field | replace('.', '_') }}
{%- endmacro %}

{% macro typed_field(field, spec) -%}
    {%- set text = field_text(field) -%}
    {%- set type = spec.split(' as ')[0] -%}
    {%- if type == 'text' -%} cast({{ text }} as varchar)
    {%- elif type == 'json' -%} cast(fields.{{ json_column(field) }} as varchar)
    {%- elif type == 'number' -%} {{ to_number(text) }}
    {%- elif type == 'timestamp' -%} {{ to_timestamp(text) }}
    {%- elif type == 'date' -%} {{ to_date(text) }}
    {%- elif type == 'boolean' -%} {{ to_boolean(text) }}
    {%- elif type == 'sum' -%}
        {{ json_array_sum('fields.payload', field.split('.')[0], field.split('.')[1]) }}
    {%- elif type.startswith('sum of ') -%}
        {%- set flags = type[7:].split(' but ') -%}
        {{ json_nested_sum('fields.payload', field.split('.')[0], field.split('.')[1], *flags) }}
    {%- else -%} {{ exceptions.raise_compiler_error("staged field " ~ field ~ ": no type " ~ type) }}
    {%- endif -%}
{%- endmacro %}

{% macro field_text(field) -%}
    nullif(trim(fields.{{ json_column(field) }}), '')
{%- endmacro %}

{#- `field` chr(31) `value` chr(30) for each value that did not parse; null when all did. -#}
{% macro unparsed_fields(fields) -%}
    nullif(
        case when fields.payload is null then 'payload' || chr(31) || substr(fields.raw_payload, 1, 200) || chr(30) else '' end
        {%- for field, spec in fields.items() if not spec.startswith(('text', 'json', 'sum')) %}
        || case when {{ field_text(field) }} is not null and {{ typed_field(field, spec) }} is null then '{{ field }}' || chr(31) || {{ field_text(field) }} || chr(30) else '' end
        {%- endfor %},
        ''
    )
{%- endmacro %}

{#- Pre-hook of staging: rows of versions that are no longer current leave before new ones come. -#}
{% macro delete_closed_versions() %}
    {%- if execute and is_incremental() -%}
        {%- set raw = source(model.sources[0][0], model.sources[0][1]) -%}
        delete from {{ this }} as staged
        where not exists (
            select 1 from {{ raw }} as raw
            where raw.record_hash = staged._version_id and raw._dlt_valid_to is null
        )
    {%- endif -%}
{% endmacro %}
