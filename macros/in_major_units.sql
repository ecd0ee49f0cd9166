{#- Whole minor units (cents) as an amount of their currency: 1050 of USD is 10.50, of JPY 1050. -#}
{% macro in_major_units(units, minor_unit) -%}
    cast({{ units }} * {{ minor_unit }} as numeric(38, 10))
{%- endmacro %}
