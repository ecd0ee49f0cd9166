{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per business, field and level of comparison: what that level is worth, in ten-thousandths
-- of a nat, learned from the business's own records. A first score from the names alone, and shared
-- codes, gives likely matches; a level weighs ln(its share among them / its share among wrong
-- ones). A shared code finds pairs by itself, and weighs the odds that those it finds are matches.
-- Origin of 15 a cosine and of 20 usual doubts in this first round: tried, DECISIONS.
with comparisons as (
    select * from {{ ref('int_product_comparisons') }}
),

scored as (
    select
        record_no,
        other_no,
        business_id,
        account_rank,
        other_rank,
        15 * words_cosine
        + coalesce({{ believed_weight("'barcode'", 'barcode_level') }}, 0)
        + coalesce({{ believed_weight("'supplier_code'", 'supplier_code_level') }}, 0)
        + coalesce({{ believed_weight("'sku'", 'sku_level') }}, 0) as score
    from comparisons
),

competing as (
    {{ competing_pairs('scored') }}
),

likely as (
    {{ chances_of_pairs('competing', usual_doubts=20) }}
),

parts as (
    select
        record_no,
        other_no,
        case when account_rank <> other_rank then 10000 else 0 end as found,
        case when part = 'match' then chance else 0 end as matched,
        case when part in ('second', 'own_till') then 10000 else 0 end as wrong
    from likely
),

levels as (
    {{ levels_counted('comparisons', 'parts') }}
),

shares as (
    select
        levels.*,
        sum(found) over (partition by business_id, field) as all_found,
        sum(matched) over (partition by business_id, field) as all_matched,
        sum(wrong) over (partition by business_id, field) as all_wrong,
        {{ believed_weight('field', 'level') }} as believed
    from levels
),

weights as (
    select
        business_id,
        field,
        level,
        case
            when believed is null then {{ learned_weight() }}
            else {{ learned_odds() }}
        end as weight
    from shares
)

select * from weights
