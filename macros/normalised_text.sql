{#-
    A name as plain words for comparing: lower case, Latin letters without accents, punctuation as
    blanks, numbers apart from their units ("15cm" and "15 cm" are alike), single blanks between.
-#}
{% macro normalised_text(text) -%}
    {%- set marks = '.,;:!?&+*/\\|_()[]{}<>"#%=~^@-–—' -%}
    {%- set blanks = ' ' * (marks | length) -%}
    trim(
        regexp_replace(
            regexp_replace(
                lower(
                    translate(
                        regexp_replace({{ plain_letters(text) }}, '[[:space:]]+', ' ', 'g'),
                        '{{ marks }}''’`',
                        '{{ blanks }}'
                    )
                ),
                '([0-9])([a-z])', '\1 \2', 'g'
            ),
            ' +', ' ', 'g'
        )
    )
{%- endmacro %}
