{{ config(materialized='table') }}
-- One row per two customers that are the same person: a shared e-mail or phone and names that agree
-- (agreeing_names). People of one household share a phone and a surname, not a first name.
-- A person's decision stands above all of it.
with candidates as (
    select * from {{ ref('int_customer_candidates') }}
),

decisions as (
    select * from {{ ref('int_customer_decisions') }}
),

customer_names as (
    select * from {{ ref('int_customer_names') }}
),

words as (
    select * from {{ ref('int_customer_words') }}
),

agreed as (
    {{ agreeing_names('candidates', 'customer_names', 'words') }}
),

linked as (
    select
        candidates.record_key,
        candidates.other_key,
        candidates.method_rank,
        candidates.method,
        agreed.score,
        case
            when
                agreed.score = 1 and (candidates.method = 'email' or candidates.shared_contacts > 1)
                then 'certain'
            when agreed.score = 1 or candidates.method = 'email' then 'likely'
            else 'review'
        end as band,
        case
            when candidates.shared_contacts > 1 then 'same e-mail and phone'
            when candidates.method = 'email' then 'same e-mail'
            else 'same phone'
        end || ', ' || cast(agreed.common_words as varchar) || ' of '
        || cast(agreed.words_to_share as varchar) || ' words of the name alike' as reasons,
        'rule' as decided_by
    from candidates
    inner join agreed
        on candidates.record_key = agreed.record_key and candidates.other_key = agreed.other_key
    left join decisions
        on candidates.record_key = decisions.record_key
        and candidates.other_key = decisions.other_key
    where decisions.record_key is null
    union all
    select
        record_key,
        other_key,
        0 as method_rank,
        'override' as method,
        cast(1 as numeric(5, 4)) as score,
        'certain' as band,
        coalesce(reason, 'decided by a person') as reasons,
        'person' as decided_by
    from decisions
    where decision = 'same'
)

select * from linked
