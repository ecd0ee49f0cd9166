{#-
    A select that counts what the names of each pair have in common.

    `pairs`: record_key, other_key. `words`: record_key, word (each word once). Gives for each pair
    common_words of words_to_share (the words of the shorter name), and common_numbers of
    numbers_to_share (words with a digit). A pair with a nameless record gives no row.
-#}
{% macro compared_names(pairs, words) %}
    select
        pairs.record_key,
        pairs.other_key,
        least(own.word_count, other.word_count) as words_to_share,
        least(own.number_count, other.number_count) as numbers_to_share,
        coalesce(common.word_count, 0) as common_words,
        coalesce(common.number_count, 0) as common_numbers
    from {{ pairs }} as pairs
    inner join ({{ counted_words(words) }}) as own on pairs.record_key = own.record_key
    inner join ({{ counted_words(words) }}) as other on pairs.other_key = other.record_key
    left join (
        select
            in_both.record_key,
            in_both.other_key,
            count(*) as word_count,
            sum(case when translate(here.word, '0123456789', '') <> here.word then 1 else 0 end) as number_count
        from {{ pairs }} as in_both
        inner join {{ words }} as here on in_both.record_key = here.record_key
        inner join {{ words }} as there
            on in_both.other_key = there.record_key and here.word = there.word
        group by in_both.record_key, in_both.other_key
    ) as common
        on pairs.record_key = common.record_key and pairs.other_key = common.other_key
{% endmacro %}

{% macro counted_words(words) -%}
    select
        counted.record_key,
        count(*) as word_count,
        sum(case when translate(counted.word, '0123456789', '') <> counted.word then 1 else 0 end) as number_count
    from {{ words }} as counted
    group by counted.record_key
{%- endmacro %}
