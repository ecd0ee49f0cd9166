{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per product that is linked to others and is not its group's founder, with the pair that
-- it joined by: a person's decision, the pair with the founder, or the best it has. A group holds
-- one product of an account, and more only where the till holds it twice.
with pairs as (
    select * from {{ ref('int_product_pairs') }}
),

records as (
    select * from {{ ref('int_product_records') }}
),

decisions as (
    select * from {{ ref('int_product_decisions') }}
),

scored as (
    select
        pairs.record_no,
        pairs.other_no,
        -- what is no link joins no two products by itself, however close it came
        case
            when pairs.is_link then cast(10000 * pairs.score as bigint)
            else least(cast(10000 * pairs.score as bigint), {{ product_limits().link_at - 1 }})
        end as points,
        decisions.decision
    from pairs
    left join decisions
        on pairs.record_no = decisions.record_no and pairs.other_no = decisions.other_no
),

accounts_of as (
    select record_no, account_id from records
),

clustered as (
    {{ linked_clusters('scored', product_limits().link_at, accounts='accounts_of') }}
),

linked_pairs as (
    select * from pairs
    where is_link
),

joined as (
    {{ group_members('clustered', 'linked_pairs', 'records', founder_first=true) }}
)

select * from joined
