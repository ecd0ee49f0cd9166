{#- A select of a text's letters in overlapping groups of three: the columns named, `letters`. -#}
{% macro letter_groups(relation, columns, text) %}
    {{ return(adapter.dispatch('letter_groups')(relation, columns, text)) }}
{% endmacro %}

{% macro default__letter_groups(relation, columns, text) %}
    select distinct
        {%- for column in columns %}
        cut.{{ column }},
        {%- endfor %}
        substr(cut._text, cut._start, 3) as letters
    from (
        select {{ relation }}.*, {{ text }} as _text, unnest(generate_series(1, length({{ text }}) - 2)) as _start
        from {{ relation }}
    ) as cut
{% endmacro %}

{% macro postgres__letter_groups(relation, columns, text) %}
    select distinct
        {%- for column in columns %}
        {{ relation }}.{{ column }},
        {%- endfor %}
        substr({{ text }}, starts._start, 3) as letters
    from {{ relation }}
    cross join lateral generate_series(1, length({{ text }}) - 2) as starts (_start)
{% endmacro %}
