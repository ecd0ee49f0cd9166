-- One row per product of an account: the golden record that it belongs to, how sure that is and
-- why, and what of it a person has to look at.
with links as (
    select * from {{ ref('int_product_links') }}
),

pairs as (
    select * from {{ ref('int_product_pairs') }}
),

decisions as (
    select * from {{ ref('int_product_decisions') }}
),

open_pairs as (
    select
        pairs.record_key,
        pairs.other_key
    from pairs
    left join decisions
        on pairs.record_key = decisions.record_key and pairs.other_key = decisions.other_key
    where pairs.band = 'review' and decisions.decision is null
),

questions as (
    select
        record_key,
        count(*) as questions
    from (
        select record_key from open_pairs
        union all
        select other_key as record_key from open_pairs
    ) as sides
    group by record_key
),

broken_decisions as (
    select decisions.record_key
    from decisions
    inner join links as one on decisions.record_key = one.account_product_key
    inner join links as two on decisions.other_key = two.account_product_key
    where (decisions.decision = 'same' and one.product_key <> two.product_key)
        or (decisions.decision = 'different' and one.product_key = two.product_key)
    group by decisions.record_key
),

counted as (
    select
        links.*,
        count(*) over (partition by links.product_key) as records
    from links
),

described as (
    select
        counted.account_id,
        counted.product_id,
        counted.account_product_key,
        counted.product_key,
        counted.business_id,
        cast(
            case
                when counted.records > 1 then 'linked'
                when questions.questions > 0 then 'in_review'
                else 'unlinked'
            end as varchar
        ) as match_state,
        cast(coalesce(questions.questions, 0) as integer) as open_questions,
        broken_decisions.record_key is not null as is_conflict,
        counted.method,
        counted.matched_account_id,
        counted.matched_product_id,
        counted.score,
        counted.band,
        counted.reasons,
        counted.decided_by
    from counted
    left join questions on counted.account_product_key = questions.record_key
    left join broken_decisions on counted.account_product_key = broken_decisions.record_key
)

select * from described
