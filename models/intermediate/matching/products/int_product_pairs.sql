{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per two products compared and alike enough to be shown: whether they are the same, how
-- sure that is, and why. What is decided stands above all of it.
{%- set limits = product_limits() %}
with likely_pairs as (
    select * from {{ ref('int_product_likely_pairs') }}
),

comparisons as (
    select * from {{ ref('int_product_comparisons') }}
),

decisions as (
    select * from {{ ref('int_product_decisions') }}
    where decision in ('same', 'different')
),

records as (
    select * from {{ ref('int_product_records') }}
),

told_by_one as (
    {{ variants_of_one_alone('likely_pairs', ref('int_product_variants')) }}
),

pairs as (
    select record_no, other_no from likely_pairs
    union
    select record_no, other_no from decisions
),

judged as (
    select
        pairs.record_no,
        pairs.other_no,
        one.record_key,
        two.record_key as other_key,
        one.account_rank = two.account_rank as is_own_till,
        decisions.decision,
        decisions.reason,
        decisions.method as decided_method,
        case
            when decisions.decision = 'same' then 10000
            when decisions.decision = 'different' then 0
            -- another size, a SKU used again, a pack and its single: for a person to say
            when {{ is_doubtful() }}
                then least(cast(likely_pairs.points as integer), {{ limits.doubtful_at }})
            else cast(likely_pairs.points as integer)
        end as points,
        case
            when comparisons.barcode_level in ('same', 'shared') then 'barcode'
            when comparisons.supplier_code_level in ('same', 'shared') then 'supplier_code'
            when comparisons.sku_level in ('same', 'shared') then 'sku'
            when comparisons.code_level in ('same', 'same but for letters') then 'model_number'
            when comparisons.record_no is null and one.barcode = two.barcode then 'barcode'
            else 'name'
        end as method,
        likely_pairs.is_match,
        -- another colour, size, kind, number or pack under like names is no proof either
        case
            when
                comparisons.variant_level = 'differ'
                or comparisons.number_level in ('differ', 'other pack')
                -- nor is a colour, or much else, that one says alone (four fifths: DECISIONS)
                or (
                    comparisons.code_level not like 'same%'
                    and (comparisons.words_cosine < 8000 or told_by_one.compared_no is not null)
                )
                then 0
            else likely_pairs.named_chance
        end as named_chance,
        likely_pairs.wary_chance,
        {{ product_reasons() }} as reasons
    from pairs
    inner join records as one on pairs.record_no = one.record_no
    inner join records as two on pairs.other_no = two.record_no
    left join decisions
        on pairs.record_no = decisions.record_no and pairs.other_no = decisions.other_no
    left join likely_pairs
        on pairs.record_no = likely_pairs.record_no and pairs.other_no = likely_pairs.other_no
    left join comparisons
        on likely_pairs.compared_no = comparisons.record_no
        and likely_pairs.compared_other_no = comparisons.other_no
    left join told_by_one
        on likely_pairs.compared_no = told_by_one.compared_no
        and likely_pairs.compared_other_no = told_by_one.compared_other_no
),

decided as (
    select
        record_no,
        other_no,
        record_key,
        other_key,
        cast(0.0001 * points as numeric(5, 4)) as score,
        case
            when decision = 'same' then 'certain'
            when decision = 'different' then 'unlikely'
            when
                is_match
                and points >= {{ limits.certain_at }}
                and case method when 'barcode' then wary_chance else named_chance end
                >= {{ limits.certain_at }}
                then 'certain'
            when is_match and points >= {{ limits.likely_at }} then 'likely'
            when points >= {{ limits.review_at }} then 'review'
            else 'unlikely'
        end as band,
        case
            when decision is not null then decision = 'same'
            else is_match and points >= {{ limits.link_at }}
        end as is_link,
        coalesce(decided_method, method) as method,
        case when decision is null then reasons else coalesce(reason, 'decided by a person') end
            as reasons,
        case when decided_method = 'override' then 'person' else 'rule' end as decided_by
    from judged
)

select * from decided
