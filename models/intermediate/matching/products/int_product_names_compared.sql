{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=[
        '{{ no_nested_loops() }}',
        "{{ delete_stale_rows(ref('int_product_candidates'), ['version_no', 'other_version_no']) }}"
    ]
) }}
-- One row per two products whose names are compared. In ten-thousandths: the cosine of the weights
-- of their words, how much of the shorter name the other holds, the cosine of their letters; and
-- what codes and numbers say: a 6-pack is not a single. Depends on the two versions alone, so
-- that a night compares a pair that is new, or of which one changed, and no other.
with candidates as (
    select * from {{ ref('int_product_candidates') }}
),

new_pairs as materialized (
    select record_no, other_no, version_no, other_version_no
    from candidates
    {%- if is_incremental() %}
        where not exists (
                select 1 from {{ this }} as known
                where known.version_no = candidates.version_no
                    and known.other_version_no = candidates.other_version_no
            )
    {%- endif %}
),

tokens as (
    select * from {{ ref('int_product_tokens') }}
),

letters as (
    select * from {{ ref('int_product_letters') }}
),

described as (
    select * from {{ ref('int_product_described') }}
),

contrasts as (
    select * from {{ ref('int_product_contrasts') }}
),

left_tokens as materialized (
    {{ left_tokens('new_pairs', 'tokens') }}
),

similar_words as (
    {{ similar_words('left_tokens') }}
),

gaps as (
    {{ gaps_of_names('left_tokens', 'described', 'contrasts') }}
),

alike as (
    {{ letters_compared('new_pairs', 'letters') }}
),

sizes as (
    {{ words_of_names('tokens') }}
),

common as (
    {{ common_tokens('new_pairs', 'tokens') }}
),

measured as (
    select
        new_pairs.*,
        coalesce(common.squared, 0) + coalesce(similar_words.similar_squared, 0) as squared,
        least(one.squared, two.squared) as shorter,
        sqrt(cast(one.squared as double precision)) * sqrt(cast(two.squared as double precision))
            as lengths,
        coalesce(alike.letters_cosine, 0) as letters_cosine,
        coalesce(gaps.is_contrasted, 0) as is_contrasted,
        coalesce(gaps.left_weight, 0) as left_weight,
        coalesce(gaps.described_weight, 0) as described_weight,
        {{ codes_of_names('one', 'two') }} as code_level,
        {{ numbers_of_names('one', 'two') }} as number_level
    from new_pairs
    left join sizes as one on new_pairs.record_no = one.record_no
    left join sizes as two on new_pairs.other_no = two.record_no
    left join common
        on new_pairs.record_no = common.record_no and new_pairs.other_no = common.other_no
    left join gaps on new_pairs.record_no = gaps.record_no and new_pairs.other_no = gaps.other_no
    left join similar_words
        on new_pairs.record_no = similar_words.record_no
        and new_pairs.other_no = similar_words.other_no
    left join alike
        on new_pairs.record_no = alike.record_no and new_pairs.other_no = alike.other_no
),

compared as (
    select
        version_no,
        other_version_no,
        least(10000, coalesce({{ points(quotient('squared', 'lengths')) }}, 0)) as words_cosine,
        least(10000, coalesce({{ points(quotient('squared', 'shorter')) }}, 0)) as words_covered,
        letters_cosine,
        code_level,
        number_level,
        is_contrasted,
        -- a half and a fifth: tried, DECISIONS
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
