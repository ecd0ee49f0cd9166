-- One row per customer that pairs link to others: the group's founder, which is its most senior
-- member, and the pair that it joined by. A shared phone does not chain: whoever is linked through
-- others only stays when the name agrees with the founder's too, or by a person's decision. Who was
-- decided to be different from a more senior member leaves.
with pairs as (
    select * from {{ ref('int_customer_pairs') }}
),

customer_names as (
    select * from {{ ref('int_customer_names') }}
),

words as (
    select * from {{ ref('int_customer_words') }}
),

decisions as (
    select * from {{ ref('int_customer_decisions') }}
    where decision = 'different'
),

grouped as (
    {{ linked_groups('pairs', 'customer_names') }}
),

joined as (
    {{ joining_pairs('grouped', 'pairs', 'customer_names') }}
),

with_founder as (
    select
        record_key,
        founder_key as other_key
    from grouped
    where record_key <> founder_key
),

agreed_with_founder as (
    {{ agreeing_names('with_founder', 'customer_names', 'words') }}
),

settled as (
    select
        joined.record_key,
        joined.founder_key,
        joined.matched_key,
        joined.method,
        joined.score,
        joined.band,
        joined.reasons,
        joined.decided_by
    from joined
    left join agreed_with_founder on joined.record_key = agreed_with_founder.record_key
    where joined.record_key <> joined.founder_key
        and (agreed_with_founder.record_key is not null or joined.method = 'override')
        and not exists (
            select 1
            from decisions
            inner join grouped on decisions.other_key = grouped.record_key
            where decisions.record_key = joined.record_key
                and grouped.founder_key = joined.founder_key
        )
)

select * from settled
