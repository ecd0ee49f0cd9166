{#- A phone number as digits, a North American one without the leading 1; null when empty. -#}
{% macro phone_digits(phone) -%}
    nullif(
        regexp_replace(
            regexp_replace({{ phone }}, '[^0-9]', '', 'g'), '^1([0-9]{10})$', '\1'
        ), ''
    )
{%- endmacro %}
