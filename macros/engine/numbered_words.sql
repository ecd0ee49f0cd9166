{#-
    A select of the words of a text, one row each: the columns named, `word`, and `place`, which
    counts from 1. Words are what single blanks separate.
-#}
{% macro numbered_words(relation, columns, text, separator=' ') %}
    {{ return(adapter.dispatch('numbered_words')(relation, columns, text, separator)) }}
{% endmacro %}

{% macro default__numbered_words(relation, columns, text, separator) %}
    select
        {%- for column in columns %}
        lists.{{ column }},
        {%- endfor %}
        unnest(lists._words) as word,
        cast(generate_subscripts(lists._words, 1) as integer) as place
    from (
        select {{ relation }}.*, string_to_array({{ text }}, '{{ separator }}') as _words
        from {{ relation }}
    ) as lists
{% endmacro %}

{% macro postgres__numbered_words(relation, columns, text, separator) %}
    select
        {%- for column in columns %}
        {{ relation }}.{{ column }},
        {%- endfor %}
        words.word,
        cast(words.place as integer) as place
    from {{ relation }}
    cross join lateral unnest(string_to_array({{ text }}, '{{ separator }}'))
        with ordinality as words (word, place)
{% endmacro %}
