{#- A ratio rounded to `scale` decimals, null over zero; the same digits on every engine. -#}
{% macro ratio(numerator, denominator, scale) %}
    {{ return(adapter.dispatch('ratio')(numerator, denominator, scale)) }}
{% endmacro %}

{#- DuckDB divides decimals as doubles: done on whole numbers, rounded half away from 0. -#}
{% macro default__ratio(numerator, denominator, scale) -%}
    cast(
        sign({{ numerator }}) * sign({{ denominator }})
        * (
            (
                2 * cast(abs({{ numerator }}) * {{ 10 ** (scale + 5) }} as hugeint)
                + cast(abs({{ denominator }}) * 100000 as hugeint)
            )
            // nullif(2 * cast(abs({{ denominator }}) * 100000 as hugeint), 0)
        )
        * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal(38, {{ scale }}))
        as numeric(18, {{ scale }})
    )
{%- endmacro %}

{% macro postgres__ratio(numerator, denominator, scale) -%}
    cast(round(cast({{ numerator }} as numeric) / nullif({{ denominator }}, 0), {{ scale }}) as numeric(18, {{ scale }}))
{%- endmacro %}
