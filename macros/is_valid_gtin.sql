{#-
    Whether a code is a GTIN (EAN, UPC, ITF-14, ISBN-13): 8, 12, 13 or 14 digits whose last one is
    the check digit of the others (weights 3 and 1 from the right).
-#}
{% macro is_valid_gtin(code) -%}
    {%- set weighed = [] -%}
    {%- for place in range(1, 15) -%}
        {%- set digit = "cast(substr(lpad(" ~ code ~ ", 14, '0'), " ~ place ~ ", 1) as integer)" -%}
        {%- do weighed.append('3 * ' ~ digit if place is odd else digit) -%}
    {%- endfor -%}
    coalesce(
        case
            when translate({{ code }}, '0123456789', '') = ''
                and translate({{ code }}, '0', '') <> ''
                and length({{ code }}) in (8, 12, 13, 14)
                then ({{ weighed | join(' + ') }}) % 10 = 0
        end, false
    )
{%- endmacro %}
