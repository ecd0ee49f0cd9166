{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per pair of products and field compared, with what both hold and what it weighs, positive
-- for the same product. The weights of a pair add up to its score; `rivals` is what it loses to
-- other partners as good. Of links, open questions, near misses and what shares a code alike.
with pairs as (
    select * from {{ ref('int_product_pairs') }}
),

likely_pairs as (
    select * from {{ ref('int_product_likely_pairs') }}
),

comparisons as (
    select * from {{ ref('int_product_comparisons') }}
),

scores as (
    select * from {{ ref('int_product_scores') }}
),

weights as (
    select * from {{ ref('int_product_weights') }}
),

records as (
    select * from {{ ref('int_product_records') }}
),

prices as (
    {{ product_prices() }}
),

shown as (
    select
        pairs.record_key,
        pairs.other_key,
        one.business_id,
        one.product_name,
        two.product_name as other_product_name,
        one.brand_text,
        two.brand_text as other_brand_text,
        one.barcode,
        two.barcode as other_barcode,
        one.supplier_code,
        two.supplier_code as other_supplier_code,
        one.sku_code,
        two.sku_code as other_sku_code,
        cast(price.price as varchar) as price,
        cast(other_price.price as varchar) as other_price,
        comparisons.words_cosine,
        comparisons.words_covered,
        comparisons.letters_cosine,
        comparisons.barcode_level,
        comparisons.supplier_code_level,
        comparisons.sku_level,
        comparisons.code_level,
        comparisons.number_level,
        comparisons.variant_level,
        comparisons.brand_level,
        comparisons.description_level,
        comparisons.price_level,
        scores.settled - scores.score as lost_to_rivals
    from pairs
    inner join records as one on pairs.record_no = one.record_no
    inner join records as two on pairs.other_no = two.record_no
    inner join prices as price on pairs.record_key = price.record_key
    inner join prices as other_price on pairs.other_key = other_price.record_key
    inner join likely_pairs
        on pairs.record_no = likely_pairs.record_no and pairs.other_no = likely_pairs.other_no
    inner join comparisons
        on likely_pairs.compared_no = comparisons.record_no
        and likely_pairs.compared_other_no = comparisons.other_no
    left join scores
        on likely_pairs.compared_no = scores.record_no
        and likely_pairs.compared_other_no = scores.other_no
),

evidence as (
    {{ product_evidence_rows('shown', 'weights') }}
),

ranked as (
    select
        record_key,
        other_key,
        field,
        cast(value as varchar) as value,
        cast(other_value as varchar) as other_value,
        outcome,
        cast(0.0001 * points as numeric(9, 4)) as weight,
        cast(
            row_number() over (partition by record_key, other_key order by abs(points) desc, field)
            as integer
        ) as evidence_rank
    from evidence
)

select * from ranked
