{#- A number as numeric(18, 5); null when it has no place there, so that one absurd price or
    quantity never stops a build. -#}
{% macro as_amount(value) -%}
    cast(case when abs({{ value }}) < 9999999999999 then {{ value }} end as numeric(18, 5))
{%- endmacro %}
