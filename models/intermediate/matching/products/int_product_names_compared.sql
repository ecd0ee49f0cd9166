{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair: how alike the names are word by word. In ten-thousandths: the cosine
-- of their tokens' weights, and how much of the shorter name the other holds; similar words count
-- in part. And what the codes and the numbers in the names say: a 6-pack is not a single.
with candidates as (
    select * from {{ ref('int_product_candidates') }}
),

tokens as (
    select * from {{ ref('int_product_tokens') }}
),

gaps as (
    select * from {{ ref('int_product_gaps') }}
),

similar_words as (
    select * from {{ ref('int_product_similar_words') }}
),

letters as (
    select * from {{ ref('int_product_letters') }}
),

sizes as (
    select
        record_no,
        cast(sum(weight * weight) as bigint) as squared,
        max(case when kind = 'code' then 1 else 0 end) as codes,
        sum(case when kind = 'number' and token <> '1pk' then 1 else 0 end) as numbers,
        max(case when {{ matches('token', '^[0-9]+pk$') }} then nullif(token, '1pk') end) as pack
    from tokens
    group by record_no
),

common as (
    select
        candidates.record_no,
        candidates.other_no,
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
    from candidates
    inner join tokens as one on candidates.record_no = one.record_no
    inner join tokens as two on candidates.other_no = two.record_no and one.token = two.token
    group by candidates.record_no, candidates.other_no
),

measured as (
    select
        candidates.*,
        coalesce(common.squared, 0) + coalesce(similar_words.similar_squared, 0) as squared,
        least(one.squared, two.squared) as shorter,
        sqrt(cast(one.squared as double precision)) * sqrt(cast(two.squared as double precision))
            as lengths,
        coalesce(letters.letters_cosine, 0) as letters_cosine,
        coalesce(gaps.is_contrasted, 0) as is_contrasted,
        coalesce(gaps.left_weight, 0) as left_weight,
        coalesce(gaps.described_weight, 0) as described_weight,
        case
            when common.stems = 0 then 'same'
            when common.stems = 1 then 'same but for letters'
            when common.stems = 2 then 'other letters'
            when gaps.described_code = 1 then 'described'
            when common.codes = 1 or similar_words.similar_code = 1 then 'similar'
            when one.codes = 1 and two.codes = 1 then 'differ'
            when one.codes = 1 or two.codes = 1 then 'one has none'
            else 'none'
        end as code_level,
        case
            when coalesce(one.pack, '') <> coalesce(two.pack, '') then 'other pack'
            when one.numbers = 0 or two.numbers = 0 then 'none'
            when common.numbers = one.numbers and common.numbers = two.numbers then 'same'
            when common.numbers > 0 then 'some'
            else 'differ'
        end as number_level
    from candidates
    left join sizes as one on candidates.record_no = one.record_no
    left join sizes as two on candidates.other_no = two.record_no
    left join common
        on candidates.record_no = common.record_no and candidates.other_no = common.other_no
    left join gaps on candidates.record_no = gaps.record_no and candidates.other_no = gaps.other_no
    left join similar_words
        on candidates.record_no = similar_words.record_no
        and candidates.other_no = similar_words.other_no
    left join letters
        on candidates.record_no = letters.record_no and candidates.other_no = letters.other_no
),

compared as (
    select
        record_no,
        other_no,
        account_rank,
        other_rank,
        least(10000, coalesce({{ points(quotient('squared', 'lengths')) }}, 0)) as words_cosine,
        least(10000, coalesce({{ points(quotient('squared', 'shorter')) }}, 0)) as words_covered,
        letters_cosine,
        code_level,
        number_level,
        is_contrasted,
        case
            when left_weight = 0 then 'nothing left'
            when 2 * described_weight > left_weight then 'most'
            when 5 * described_weight > left_weight then 'some'
            when described_weight > 0 then 'little'
            else 'none'
        end as description_level
    from measured
)

select * from compared
