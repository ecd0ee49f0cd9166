{#-
    Steps of comparing two names (int_product_names_compared), each a select of one row per pair of
    `pairs`: record_no, other_no.
-#}

{#- A name's words, one row per product of `tokens`: what they weigh, its codes, numbers, pack. -#}
{% macro words_of_names(tokens) %}
    select
        record_no,
        cast(sum(weight * weight) as bigint) as squared,
        max(case when kind = 'code' then 1 else 0 end) as codes,
        sum(case when kind = 'number' and token <> '1pk' then 1 else 0 end) as numbers,
        max(case when {{ matches('token', '^[0-9]+pk$') }} then nullif(token, '1pk') end) as pack
    from {{ tokens }}
    group by record_no
{% endmacro %}

{#- The words, numbers and codes that both names hold. -#}
{% macro common_tokens(pairs, tokens) %}
    select
        pairs.record_no,
        pairs.other_no,
        cast(sum(one.weight * one.weight) as bigint) as squared,
        sum(case when one.kind = 'number' and one.token <> '1pk' then 1 else 0 end) as numbers,
        max(case when one.kind = 'code' then 1 else 0 end) as codes,
        -- the best of the codes held by few: 0 both whole, 1 one with letters behind it, 2 both
        min(
            case
                when
                    one.kind = 'code'
                    and one.holders_in_account <= 2
                    and two.holders_in_account <= 2
                    then one.is_stem + two.is_stem
            end
        ) as stems
    from {{ pairs }} as pairs
    inner join {{ tokens }} as one on pairs.record_no = one.record_no
    inner join {{ tokens }} as two on pairs.other_no = two.record_no and one.token = two.token
    group by pairs.record_no, pairs.other_no
{% endmacro %}

{#- The tokens that only one of the two names holds. -#}
{% macro left_tokens(pairs, tokens) %}
    with sides as (
        select record_no, other_no, record_no as here_no, other_no as there_no, true as is_here
        from {{ pairs }}
        union all
        select record_no, other_no, other_no as here_no, record_no as there_no, false as is_here
        from {{ pairs }}
    ),

    left_over as (
        select
            sides.record_no, sides.other_no, here.business_id, here.token, here.kind, here.weight,
            sides.is_here
        from sides
        inner join {{ tokens }} as here on sides.here_no = here.record_no
        left join {{ tokens }} as there
            on sides.there_no = there.record_no and here.token = there.token
        where there.token is null
    )

    select * from left_over
{% endmacro %}

{#-
    Words that are not the same and yet alike: one begins or ends with the other, or a letter differs
    (two of eight and more). What they add to the words in common: 85 or 90 of a hundred of the
    smaller weight, squared; each word counts once. Origin: tried together with the cosine's share
    (DECISIONS); two letters of eight is one in four, what a typing error leaves of a word.
-#}
{% macro similar_words(left_tokens) %}
    with only_here as (
        select * from {{ left_tokens }} where is_here
    ),

    only_there as (
        select * from {{ left_tokens }} where not is_here
    ),

    -- only what begins or ends alike is compared: few are, and all that could be similar
    met as (
        select distinct here.token, there.token as other_token, here.kind
        from only_here as here
        inner join only_there as there
            on here.record_no = there.record_no
            and here.other_no = there.other_no
            and here.kind = there.kind
        where here.kind <> 'number'
            and least(length(here.token), length(there.token)) between 4 and 60
            and (
                substr(here.token, 1, 2) = substr(there.token, 1, 2)
                or right(here.token, 3) = right(there.token, 3)
            )
    ),

    alike_words as (
        select
            token,
            other_token,
            case
                when strpos(other_token, token) = 1 or strpos(token, other_token) = 1 then 85
                when kind = 'code' then 0
                when right(other_token, length(token)) = token then 85
                when right(token, length(other_token)) = other_token then 85
                when
                    {{ edit_distance('token', 'other_token') }}
                    <= case when least(length(token), length(other_token)) >= 8 then 2 else 1 end
                    then 90
                else 0
            end as alike
        from met
    ),

    ranked as (
        select
            here.record_no,
            here.other_no,
            case when here.kind = 'code' then 1 else 0 end as is_code,
            {{ whole_part(
                'alike_words.alike * least(here.weight, there.weight) * least(here.weight, there.weight)', '100'
            ) }} as worth,
            row_number() over (
                partition by here.record_no, here.other_no, here.token
                order by alike_words.alike * least(here.weight, there.weight) desc, there.token
            ) as place,
            row_number() over (
                partition by here.record_no, here.other_no, there.token
                order by alike_words.alike * least(here.weight, there.weight) desc, here.token
            ) as other_place
        from only_here as here
        inner join only_there as there
            on here.record_no = there.record_no and here.other_no = there.other_no
        inner join alike_words
            on here.token = alike_words.token and there.token = alike_words.other_token
        where alike_words.alike > 0
    ),

    paired as (
        select
            record_no,
            other_no,
            cast(sum(worth) as bigint) as similar_squared,
            max(is_code) as similar_code
        from ranked
        where place = 1 and other_place = 1
        group by record_no, other_no
    )

    select * from paired
{% endmacro %}

{#-
    Of names that differ: how much of what only one of them holds the other's description tells, and
    whether two of the words are known to tell products apart.
-#}
{% macro gaps_of_names(left_tokens, described, contrasts) %}
    with only_here as (
        select * from {{ left_tokens }} where is_here
    ),

    only_there as (
        select * from {{ left_tokens }} where not is_here
    ),

    left_over as (
        select
            left_tokens.*,
            case when is_here then other_no else record_no end as describer_no
        from {{ left_tokens }}
    ),

    told as (
        select
            left_over.record_no,
            left_over.other_no,
            sum(left_over.weight) as left_weight,
            sum(case when described.token is not null then left_over.weight else 0 end)
                as described_weight,
            max(case when described.token is not null and left_over.kind = 'code' then 1 else 0 end)
                as described_code
        from left_over
        left join {{ described }} as described
            on left_over.describer_no = described.record_no and left_over.token = described.token
        group by left_over.record_no, left_over.other_no
    ),

    contrasted as (
        select distinct here.record_no, here.other_no
        from only_here as here
        inner join only_there as there
            on here.record_no = there.record_no and here.other_no = there.other_no
        inner join {{ contrasts }} as contrasts
            on here.business_id = contrasts.business_id
            and here.token = contrasts.token
            and there.token = contrasts.other_token
    ),

    gaps as (
        select
            told.record_no,
            told.other_no,
            cast(told.left_weight as bigint) as left_weight,
            cast(told.described_weight as bigint) as described_weight,
            told.described_code,
            case when contrasted.record_no is null then 0 else 1 end as is_contrasted
        from told
        left join contrasted
            on told.record_no = contrasted.record_no and told.other_no = contrasted.other_no
    )

    select * from gaps
{% endmacro %}

{#- How alike two names are letter by letter: the cosine of their groups of three letters. -#}
{% macro letters_compared(pairs, letters) %}
    with weighed as materialized (
        select record_no, letters_no, weight * weight as squared from {{ letters }}
    ),

    lengths as (
        select record_no, sqrt(cast(sum(squared) as double precision)) as length
        from weighed
        group by record_no
    ),

    sought as materialized (
        select pairs.record_no, pairs.other_no, weighed.letters_no, weighed.squared
        from {{ pairs }} as pairs
        inner join weighed on pairs.record_no = weighed.record_no
    ),

    shared as (
        select sought.record_no, sought.other_no, sum(sought.squared) as squared
        from sought
        inner join weighed
            on sought.other_no = weighed.record_no and sought.letters_no = weighed.letters_no
        group by sought.record_no, sought.other_no
    ),

    alike as (
        select
            shared.record_no,
            shared.other_no,
            {{ points(quotient(quotient('shared.squared', 'one.length'), 'two.length')) }}
                as letters_cosine
        from shared
        inner join lengths as one on shared.record_no = one.record_no
        inner join lengths as two on shared.other_no = two.record_no
    )

    select * from alike
{% endmacro %}

{#- What the codes in two names say: the model int_product_names_compared. -#}
{% macro codes_of_names(one, two) -%}
    case
        when common.stems = 0 then 'same'
        when common.stems = 1 then 'same but for letters'
        when common.stems = 2 then 'other letters'
        when gaps.described_code = 1 then 'described'
        when common.codes = 1 or similar_words.similar_code = 1 then 'similar'
        when {{ one }}.codes = 1 and {{ two }}.codes = 1 then 'differ'
        when {{ one }}.codes = 1 or {{ two }}.codes = 1 then 'one has none'
        else 'none'
    end
{%- endmacro %}

{#- What the numbers in two names say; a pack of several is told by itself. -#}
{% macro numbers_of_names(one, two) -%}
    case
        when coalesce({{ one }}.pack, '') <> coalesce({{ two }}.pack, '') then 'other pack'
        when {{ one }}.numbers = 0 or {{ two }}.numbers = 0 then 'none'
        when common.numbers = {{ one }}.numbers and common.numbers = {{ two }}.numbers then 'same'
        when common.numbers > 0 then 'some'
        else 'differ'
    end
{%- endmacro %}
