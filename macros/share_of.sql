{#- part / whole of two whole numbers, cut after the fourth decimal; null when whole is 0. -#}
{% macro share_of(part, whole) -%}
    {%- set ten_thousandths = '10000 * ' ~ part -%}
    {%- set rest = '(' ~ ten_thousandths ~ ') % ' ~ whole -%}
    cast(
        case
            when {{ whole }} > 0
                then 0.0001 * {{ whole_quotient(ten_thousandths ~ ' - ' ~ rest, whole) }}
        end as numeric(5, 4)
    )
{%- endmacro %}
