{#- The natural logarithm of a number above 0, in whole ten-thousandths: sums of it are exact. -#}
{% macro nats(number) -%}
    cast(floor(10000 * ln(cast({{ number }} as double precision)) + 0.5) as bigint)
{%- endmacro %}

{#-
    The chance that two are the same, in millionths. `against_strangers`, `against_household`: the
    natural-log odds, in ten-thousandths, against the two ways of being different.
-#}
{% macro chance(against_strangers, against_household) -%}
    cast(floor(1000000 * exp(-ln(
        1 + {{ exp_of(against_strangers) }} + {{ exp_of(against_household) }}
    )) + 0.5) as bigint)
{%- endmacro %}

{#- The chance that two are of one household and not the same, in millionths; see `chance`. -#}
{% macro household_chance(against_strangers, against_household) -%}
    cast(floor(1000000 * {{ exp_of(against_household) }} * exp(-ln(
        1 + {{ exp_of(against_strangers) }} + {{ exp_of(against_household) }}
    )) + 0.5) as bigint)
{%- endmacro %}

{#- e to the power of minus so many ten-thousandths; beyond 30 nothing changes any more. -#}
{% macro exp_of(odds) -%}
    exp(-0.0001 * cast(least(greatest({{ odds }}, -300000), 300000) as double precision))
{%- endmacro %}
