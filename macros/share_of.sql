{#- part / whole of two whole numbers as numeric(5, 4), cut after the fourth decimal; null for no whole. -#}
{% macro share_of(part, whole) -%}
    case
        when {{ whole }} > 0
            then cast(
                0.0001 * {{ whole_quotient('10000 * ' ~ part ~ ' - (10000 * ' ~ part ~ ') % ' ~ whole, whole) }}
                as numeric(5, 4)
            )
    end
{%- endmacro %}
