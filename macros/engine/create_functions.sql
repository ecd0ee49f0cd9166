{#- What an engine needs before any model runs: nothing on DuckDB, functions on PostgreSQL. -#}
{% macro create_functions() %}
    {{ return(adapter.dispatch('create_functions')()) }}
{% endmacro %}

{% macro default__create_functions() %}select 1{% endmacro %}

{% macro postgres__create_functions() %}
    create schema if not exists tillhouse;

    -- levenshtein(), for edit_distance. Part of PostgreSQL's own contrib.
    create extension if not exists fuzzystrmatch;

    -- The first 60 letters with one letter for each byte, for edit_distance.
    create or replace function tillhouse.bytes_as_letters(value text) returns text
    language sql immutable parallel safe strict as $function$
        select case
            when octet_length(value) = length(value) then left(value, 60)
            else convert_from(convert_to(left(value, 60), 'UTF8'), 'LATIN1')
        end
    $function$;

    -- A function that catches an error must be parallel unsafe: in a parallel worker the
    -- catching itself fails, and what parses well would come out as null.

    -- Text as JSON, or null when it is none. Lone surrogates and \u0000 become U+FFFD and a bare
    -- NaN becomes text, as DuckDB has it, so that one odd character never costs a whole record.
    create or replace function tillhouse.to_json(payload text) returns jsonb
    language plpgsql immutable parallel unsafe strict as $function$
    begin
        return payload::jsonb;
    exception when data_exception then
        begin
            return tillhouse.mend_json(payload)::jsonb;
        exception when data_exception then
            return null;
        end;
    end
    $function$;

    create or replace function tillhouse.mend_json(payload text) returns text
    language sql immutable parallel safe strict as $function$
        select regexp_replace(
            regexp_replace(payload, '\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\\ufffd', 'g'),
            '([:\[,]\s*)(NaN|-?Infinity)\M', '\1"\2"', 'g'
        )
    $function$;

    create or replace function tillhouse.to_timestamp(value text) returns timestamp
    language plpgsql immutable parallel unsafe strict set timezone = 'UTC' as $function$
    begin
        return value::timestamptz at time zone 'UTC';
    exception when data_exception then
        return null;
    end
    $function$;

    create or replace function tillhouse.to_date(value text) returns date
    language plpgsql immutable parallel unsafe strict as $function$
    begin
        return value::date;
    exception when data_exception then
        return null;
    end
    $function$
{% endmacro %}
