{{ config(materialized='table') }}
-- One row per two customers that may be one person, with a chance of at least one in a hundred, and
-- per two that cannot be while each of them is linked to others; and what a person decided. A
-- decision stands above all. points is what a pair counts when clusters form: its score in
-- ten-thousandths, and against it where the two contradict each other.
{%- set limits = customer_limits() %}
with patterns as (
    select * from {{ ref('int_customer_patterns') }}
),

scores as (
    select * from {{ ref('int_customer_pattern_scores') }}
),

features as (
    select * from {{ ref('int_customer_features') }}
),

decisions as (
    select * from {{ ref('int_customer_decisions') }}
),

scored as (
    select patterns.*, scores.chance, scores.identity_odds, scores.may_be_relatives
    from patterns
    inner join scores
        on patterns.business_id = scores.business_id and patterns.pattern = scores.pattern
    where patterns.is_led = 1
        and (
            scores.chance >= {{ limits.kept_at }}
            or scores.identity_odds <= {{ limits.contradicted_at }}
        )
),

linked as (
    select record_no from scored where chance >= {{ limits.review_at }}
    union
    select other_no as record_no from scored where chance >= {{ limits.review_at }}
),

kept as (
    select
        scored.*,
        -- a question, no link; Tmo is not the twin of Tom, but Tmo may be the son of Tom
        scored.may_be_relatives
        and not (
            substr(scored.pattern, 2, 1) = '9' and coalesce({{ letters_swapped('given') }}, false)
        ) as is_asked
    from scored
    inner join features as one on scored.record_no = one.record_no
    inner join features as two on scored.other_no = two.record_no
    where scored.chance >= {{ limits.kept_at }}
        or (
            scored.record_no in (select linked.record_no from linked)
            and scored.other_no in (select linked.record_no from linked)
        )
),

decided as (
    select
        one.record_no,
        two.record_no as other_no,
        decisions.decision,
        decisions.reason,
        decisions.method
    from decisions
    inner join features as one on decisions.record_key = one.record_key
    inner join features as two on decisions.other_key = two.record_key
    where decisions.decision in ('same', 'different')
),

judged as (
    select
        coalesce(kept.record_no, decided.record_no) as record_no,
        coalesce(kept.other_no, decided.other_no) as other_no,
        kept.pattern,
        case decided.decision when 'same' then 1000000 when 'different' then 0 else kept.chance end
            as chance,
        case
            when decided.decision is null
                and (kept.is_asked or kept.chance < {{ limits.kept_at }})
                then {{ limits.against }}
            -- one of a company without a name or birth date: its card, or anyone's there
            when decided.decision is null and kept.chance < {{ limits.likely_at }}
                and substr(kept.pattern, 2, 3) like '-_-' and substr(kept.pattern, 10, 1) <> '-'
                then 0
            else {{ whole_part('coalesce(kept.chance, 0)', '100') }}
        end as points,
        decided.decision,
        decided.decision is null and kept.is_asked as is_asked,
        decided.reason,
        decided.method
    from kept
    full outer join decided
        on kept.record_no = decided.record_no and kept.other_no = decided.other_no
),

banded as (
    select
        one.record_key,
        two.record_key as other_key,
        judged.record_no,
        judged.other_no,
        one.business_id,
        judged.pattern,
        cast(0.0001 * {{ whole_part('judged.chance', '100') }} as numeric(5, 4)) as score,
        case
            when judged.is_asked and judged.chance >= {{ limits.review_at }} then 'review'
            when judged.chance >= {{ limits.certain_at }} then 'certain'
            when judged.chance >= {{ limits.likely_at }} then 'likely'
            when judged.chance >= {{ limits.review_at }} then 'review'
            else 'unlikely'
        end as band,
        judged.chance >= {{ limits.likely_at }} and not judged.is_asked as is_link,
        judged.points,
        judged.decision,
        coalesce(judged.method, scores.method) as method,
        case
            when judged.decision is null then scores.reasons
            else coalesce(judged.reason, 'decided by a person')
        end as reasons,
        case when judged.method = 'override' then 'person' else 'rule' end as decided_by
    from judged
    inner join features as one on judged.record_no = one.record_no
    inner join features as two on judged.other_no = two.record_no
    left join scores
        on one.business_id = scores.business_id and judged.pattern = scores.pattern
)

select * from banded
