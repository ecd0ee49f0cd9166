{#-
    A select of the pairs whose people's names agree: the whole name is equal; or all of at least two
    words of the shorter name stand in the other; or half of them do and one first name begins the
    other (Dan and Daniel, A. and Ada).

    `pairs`: record_key, other_key. `names`: record_key, name_words. `words`: record_key, word.
-#}
{% macro agreeing_names(pairs, names, words) %}
    select
        compared.record_key,
        compared.other_key,
        compared.common_words,
        compared.words_to_share,
        {{ share_of('compared.common_words', 'compared.words_to_share') }} as score
    from ({{ compared_names(pairs, words) }}) as compared
    inner join {{ names }} as own on compared.record_key = own.record_key
    inner join {{ names }} as other on compared.other_key = other.record_key
    where own.name_words = other.name_words
        or (compared.common_words = compared.words_to_share and compared.words_to_share > 1)
        or (
            2 * compared.common_words >= compared.words_to_share
            and (
                strpos(own.name_words, split_part(other.name_words, ' ', 1)) = 1
                or strpos(other.name_words, split_part(own.name_words, ' ', 1)) = 1
            )
        )
{% endmacro %}
