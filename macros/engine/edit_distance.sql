{#-
    How many letters must be added, left out or changed to make one text the other (Levenshtein).
    Only the first 60 letters count: PostgreSQL takes 255 bytes at most.
-#}
{% macro edit_distance(left_text, right_text) -%}
    levenshtein(left({{ left_text }}, 60), left({{ right_text }}, 60))
{%- endmacro %}
