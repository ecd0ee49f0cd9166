{#-
    How many letters must be added, left out or changed to make one text the other (Levenshtein).
    Only the first 60 letters count: PostgreSQL takes 255 at most. A letter outside ASCII (none of
    a name's that plain_letters() knows) counts by its UTF-8 bytes, as DuckDB counts it.
-#}
{% macro edit_distance(left_text, right_text) -%}
    {{ return(adapter.dispatch('edit_distance')(left_text, right_text)) }}
{%- endmacro %}

{% macro default__edit_distance(left_text, right_text) -%}
    levenshtein(left({{ left_text }}, 60), left({{ right_text }}, 60))
{%- endmacro %}

{% macro postgres__edit_distance(left_text, right_text) -%}
    levenshtein(tillhouse.bytes_as_letters({{ left_text }}), tillhouse.bytes_as_letters({{ right_text }}))
{%- endmacro %}
