-- One row per two products that were compared closely and field: what both say, and how much that
-- speaks for the same. Answers "why are these two the same?" and "why not?".
with evidence as (
    select * from {{ ref('int_product_pair_evidence') }}
),

pairs as (
    select * from {{ ref('int_product_pairs') }}
),

decisions as (
    select * from {{ ref('int_product_decisions') }}
    where method = 'override'
),

links as (
    select * from {{ ref('int_product_links') }}
),

products as (
    select * from {{ ref('int_products') }}
),

records as (
    select
        links.*,
        products.product_name as record_name
    from links
    inner join products on links.account_product_key = products.account_product_key
),

explained as (
    select
        one.business_id,
        one.account_id,
        one.product_id,
        one.account_product_key,
        one.record_name as product_name,
        two.account_id as other_account_id,
        two.product_id as other_product_id,
        two.account_product_key as other_account_product_key,
        two.record_name as other_product_name,
        cast(pairs.score as numeric(5, 4)) as score,
        cast(pairs.band as varchar) as band,
        one.product_key = two.product_key as is_linked,
        cast(decisions.decision as varchar) as decision,
        cast(evidence.evidence_rank as integer) as evidence_rank,
        cast(evidence.field as varchar) as field,
        cast(evidence.value as varchar) as value,
        cast(evidence.other_value as varchar) as other_value,
        cast(evidence.outcome as varchar) as outcome,
        cast(evidence.weight as numeric(9, 4)) as weight
    from evidence
    inner join pairs
        on evidence.record_key = pairs.record_key and evidence.other_key = pairs.other_key
    inner join records as one on evidence.record_key = one.account_product_key
    inner join records as two on evidence.other_key = two.account_product_key
    left join decisions
        on evidence.record_key = decisions.record_key
        and evidence.other_key = decisions.other_key
)

select * from explained
