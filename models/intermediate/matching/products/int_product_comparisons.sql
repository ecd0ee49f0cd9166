{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair and all that is compared of it, each as a level.
with candidates as (
    select * from {{ ref('int_product_candidates') }}
),

names as (
    select * from {{ ref('int_product_names_compared') }}
),

records as (
    select * from {{ ref('int_product_records') }}
),

prices as (
    {{ product_prices() }}
),

keys_compared as (
    select * from {{ ref('int_product_keys_compared') }}
),

variants as (
    select * from {{ ref('int_product_variants') }}
),

variant_kinds as (
    select distinct record_no, kind from variants
),

variants_met as (
    select pairs.record_no, pairs.other_no, one.kind
    from candidates as pairs
    inner join variant_kinds as one on pairs.record_no = one.record_no
    inner join variant_kinds as two on pairs.other_no = two.record_no and one.kind = two.kind
),

variants_common as (
    select distinct variants_met.record_no, variants_met.other_no, variants_met.kind
    from variants_met
    inner join variants as one
        on variants_met.record_no = one.record_no and variants_met.kind = one.kind
    inner join variants as two
        on variants_met.other_no = two.record_no
        and variants_met.kind = two.kind
        and one.meaning = two.meaning
),

variants_compared as (
    select
        variants_met.record_no,
        variants_met.other_no,
        max(case when variants_common.kind is null then 1 else 0 end) as is_other
    from variants_met
    left join variants_common
        on variants_met.record_no = variants_common.record_no
        and variants_met.other_no = variants_common.other_no
        and variants_met.kind = variants_common.kind
    group by variants_met.record_no, variants_met.other_no
),

compared as (
    select
        pairs.record_no,
        pairs.other_no,
        one.business_id,
        pairs.account_rank,
        pairs.other_rank,
        names.words_cosine,
        names.words_covered,
        names.letters_cosine,
        names.code_level,
        names.number_level,
        names.description_level,
        coalesce(keys_compared.barcode_level, 'none') as barcode_level,
        coalesce(keys_compared.supplier_code_level, 'none') as supplier_code_level,
        coalesce(keys_compared.sku_level, 'none') as sku_level,
        case
            when names.is_contrasted = 1 or variants_compared.is_other = 1 then 'differ'
            when variants_compared.is_other = 0 then 'same'
            else 'none'
        end as variant_level,
        {{ brands_compared('one', 'two') }} as brand_level,
        {{ prices_compared('price.price', 'other_price.price') }} as price_level
    from candidates as pairs
    inner join names
        on pairs.version_no = names.version_no and pairs.other_version_no = names.other_version_no
    inner join records as one on pairs.record_no = one.record_no
    inner join records as two on pairs.other_no = two.record_no
    inner join prices as price on one.record_key = price.record_key
    inner join prices as other_price on two.record_key = other_price.record_key
    left join keys_compared
        on pairs.record_no = keys_compared.record_no and pairs.other_no = keys_compared.other_no
    left join variants_compared
        on pairs.record_no = variants_compared.record_no
        and pairs.other_no = variants_compared.other_no
)

select * from compared
