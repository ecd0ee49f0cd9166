{#- A UTC moment on the clock of an IANA time zone; both sides are timestamps without a zone. -#}
{% macro to_local(utc, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', {{ utc }}))
{%- endmacro %}
