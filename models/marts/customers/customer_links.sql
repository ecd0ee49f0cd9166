-- One row per customer of an account: the golden record that it belongs to, how sure that is and
-- why, and what of it a person has to look at.
with links as (
    select * from {{ ref('int_customer_links') }}
),

pairs as (
    select * from {{ ref('int_customer_pairs') }}
),

decisions as (
    select * from {{ ref('int_customer_decisions') }}
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
    inner join links as one on decisions.record_key = one.account_customer_key
    inner join links as two on decisions.other_key = two.account_customer_key
    where (decisions.decision = 'same' and one.customer_key <> two.customer_key)
        or (decisions.decision = 'different' and one.customer_key = two.customer_key)
    group by decisions.record_key
),

counted as (
    select
        links.*,
        count(*) over (partition by links.customer_key) as records
    from links
),

described as (
    select
        counted.account_id,
        counted.customer_id,
        counted.account_customer_key,
        counted.customer_key,
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
        counted.matched_customer_id,
        counted.score,
        counted.band,
        counted.reasons,
        counted.decided_by
    from counted
    left join questions on counted.account_customer_key = questions.record_key
    left join broken_decisions on counted.account_customer_key = broken_decisions.record_key
)

select * from described
