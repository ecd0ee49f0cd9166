{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair with its score, the sum of what its levels weigh, in ten-thousandths
-- of a nat; what competition leaves of it; and the chance that the two are the same.
{#- by how much each cosine counts, and the doubt of small tills below: tried, DECISIONS -#}
{%- set of_words, of_cover, of_letters = 6, 2, 6 %}
with comparisons as (
    select * from {{ ref('int_product_comparisons') }}
),

weights as (
    select * from {{ ref('int_product_weights') }}
),

scored as (
    select
        comparisons.record_no,
        comparisons.other_no,
        comparisons.business_id,
        comparisons.account_rank,
        comparisons.other_rank,
        {{ of_words }} * comparisons.words_cosine
        + {{ of_cover }} * comparisons.words_covered
        + {{ of_letters }} * comparisons.letters_cosine
        + {{ sum_of_weights() }} as score
    from comparisons
    {{ joined_weights('comparisons', 'weights') }}
),

competing as (
    {{ competing_pairs('scored') }}
),

likely as (
    {{ chances_of_pairs('competing', usual_doubts=60) }}
)

select * from likely
