{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per two products that were compared and that are alike enough to be shown, before any
-- decision of a person: matches of two tills, those that lost to a better one or share no more than
-- a code or the name, and products that one till holds twice. Twins are paired as the one compared.
-- Origin of what pairs of one till get (0.99, 0.6, 0.5) and of the least chance kept (0.05): rules,
-- as no labelled list holds such pairs.
with scores as (
    select * from {{ ref('int_product_scores') }}
),

comparisons as (
    select * from {{ ref('int_product_comparisons') }}
),

records as (
    select * from {{ ref('int_product_records') }}
),

bested as (
    select
        scores.*,
        -- who lost to a better partner is right only where that one is wrong
        max(case when part = 'match' then chance else 0 end) over (
            partition by record_no, other_rank
        ) as best_chance,
        max(case when part = 'match' then chance else 0 end) over (
            partition by other_no, account_rank
        ) as other_best_chance
    from scores
),

sharing as (
    {{ product_pairs_that_share('comparisons', 'scores', 'records') }}
),

across as (
    select
        bested.record_no,
        bested.other_no,
        coalesce(bested.part, '') = 'match' as is_match,
        case
            when bested.part = 'match' then bested.chance
            else least(bested.chance, 10000 - bested.best_chance, 10000 - bested.other_best_chance)
        end as points,
        bested.wary_chance,
        sharing.record_no is not null as is_sharing
    from bested
    left join sharing
        on bested.record_no = sharing.record_no and bested.other_no = sharing.other_no
    where bested.account_rank <> bested.other_rank
),

inside as (
    select
        comparisons.record_no,
        comparisons.other_no,
        true as is_match,
        case when comparisons.words_cosine >= 9000 then 9900 else 6000 end as points,
        case when comparisons.words_cosine >= 9000 then 9900 else 0 end as wary_chance,
        false as is_sharing
    from comparisons
    where comparisons.account_rank = comparisons.other_rank
        and comparisons.record_no > comparisons.other_no
        and comparisons.barcode_level = 'shared'
        and comparisons.words_cosine >= 5000
        and comparisons.variant_level <> 'differ'
        and comparisons.number_level not in ('some', 'differ', 'other pack')
),

compared as (
    select record_no, other_no, is_match, points, wary_chance, is_sharing from across
    union all
    select record_no, other_no, is_match, points, wary_chance, is_sharing from inside
),

spread as (
    select
        one.record_no,
        two.record_no as other_no,
        compared.record_no as compared_no,
        compared.other_no as compared_other_no,
        compared.is_match,
        compared.points,
        -- a name that a till holds twice is no proof, a code is
        case
            when one.name_holders > 1 or two.name_holders > 1 then 0
            else compared.wary_chance
        end as named_chance,
        compared.wary_chance
    from compared
    inner join records as one on compared.record_no = one.twin_no
    inner join records as two on compared.other_no = two.twin_no
    where compared.is_match or compared.points >= 500 or compared.is_sharing
),

twins as (
    select
        one.record_no,
        two.record_no as other_no,
        one.twin_no as compared_no,
        two.twin_no as compared_other_no,
        true as is_match,
        5000 as points,
        0 as named_chance,
        0 as wary_chance
    from records as one
    inner join records as two on one.twin_no = two.twin_no and one.record_no > two.record_no
),

likely_pairs as (
    select
        record_no, other_no, compared_no, compared_other_no, is_match, points, named_chance,
        wary_chance
    from spread
    union all
    select
        record_no, other_no, compared_no, compared_other_no, is_match, points, named_chance,
        wary_chance
    from twins
)

select * from likely_pairs
