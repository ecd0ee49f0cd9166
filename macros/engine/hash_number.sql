{#- A text as a whole number of 60 bits, the same on every engine; null stays null. -#}
{% macro hash_number(text) %}
    {{ return(adapter.dispatch('hash_number')(text)) }}
{% endmacro %}

{% macro default__hash_number(text) -%}
    cast('0x' || substr(md5({{ text }}), 1, 15) as bigint)
{%- endmacro %}

{% macro postgres__hash_number(text) -%}
    cast(cast('x' || substr(md5({{ text }}), 1, 15) as bit(60)) as bigint)
{%- endmacro %}
