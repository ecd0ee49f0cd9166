{#-
    Text as a typed value, null when it does not parse. Blank text is null. A number beyond a
    trillion and a date outside of the years 1900 to 2199 are no values of a till: null too
    (dim_dates spans the same years).
-#}
{% macro date_pattern() -%}
    (19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}
{%- endmacro %}

{% macro to_number(text) %}
    {{ return(adapter.dispatch('to_number')(text)) }}
{% endmacro %}

{% macro default__to_number(text) -%}
    case
        when
            regexp_full_match({{ text }}, '{{ number_pattern() }}')
            and abs(try_cast({{ text }} as double)) < 1e12
            then try_cast({{ text }} as decimal(38, 10))
    end
{%- endmacro %}

{% macro postgres__to_number(text) -%}
    case
        when {{ text }} ~ '^{{ number_pattern() }}$' and abs(cast({{ text }} as numeric)) < 1e12
            then cast({{ text }} as numeric(38, 10))
    end
{%- endmacro %}

{% macro number_pattern() -%}
    [-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,2})?
{%- endmacro %}

{#- A moment in UTC; text without an offset is taken as UTC. -#}
{% macro to_timestamp(text) %}
    {{ return(adapter.dispatch('to_timestamp')(text)) }}
{% endmacro %}

{% macro default__to_timestamp(text) -%}
    case
        when regexp_matches({{ text }}, '^{{ date_pattern() }}')
            then cast(try_cast({{ text }} as timestamptz) as timestamp)
    end
{%- endmacro %}

{% macro postgres__to_timestamp(text) -%}
    case
        when {{ text }} ~ '^{{ date_pattern() }}' then tillhouse.to_timestamp({{ text }})
    end
{%- endmacro %}

{% macro to_date(text) %}
    {{ return(adapter.dispatch('to_date')(text)) }}
{% endmacro %}

{% macro default__to_date(text) -%}
    case
        when regexp_matches({{ text }}, '^{{ date_pattern() }}')
            then try_cast(substr({{ text }}, 1, 10) as date)
    end
{%- endmacro %}

{% macro postgres__to_date(text) -%}
    case
        when {{ text }} ~ '^{{ date_pattern() }}'
            then tillhouse.to_date(substr({{ text }}, 1, 10))
    end
{%- endmacro %}

{#- The same on both engines: what a till writes for yes and no. -#}
{% macro to_boolean(text) -%}
    case
        when lower({{ text }}) in ('true', 't', 'yes', 'y', '1') then true
        when lower({{ text }}) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}
