{#-
    How many products of a till may hold a code that leads from one to others, and a word of their
    names that does so alone. Chosen as all settings of the matching of products: DECISIONS.md, "The
    same product".
-#}
{% macro most_code_holders() -%}20{%- endmacro %}

{% macro most_word_holders() -%}200{%- endmacro %}

{#-
    What a word or a group of letters weighs that so many of the records hold: ln(records / holders),
    in ten-thousandths, both counted in steps, so many to a doubling. So a few new products change
    what few words weigh, and names that hold none of these need not be compared again. Origin of the
    steps: F1 stays as it is with exact logarithms (DECISIONS, "The same product").
-#}
{% macro rarity(records, holders, steps) -%}
    {{ (10000 * 0.6931471805599453 / steps) | round | int }}
    * ({{ steps_from_one(records, steps) }} - {{ steps_from_one(holders, steps) }})
{%- endmacro %}

{#- How many steps lead from 1 to a number, to the nearest; so many double it. -#}
{% macro steps_from_one(number, steps) -%}
    cast(floor({{ steps / 0.6931471805599453 }} * ln(cast({{ number }} as double precision)) + 0.5) as bigint)
{%- endmacro %}
