-- One row per product that pairs link to others: the group's founder, which is its most senior
-- member, and the pair that it joined by. A group holds one product of an account, the best linked,
-- and more only by a person's decision; who was decided to be different from a more senior member
-- leaves. The founder's key stays the group's key when newer records join.
with pairs as (
    select * from {{ ref('int_product_pairs') }}
),

product_names as (
    select * from {{ ref('int_product_names') }}
),

decisions as (
    select * from {{ ref('int_product_decisions') }}
    where decision = 'different'
),

grouped as (
    {{ linked_groups('pairs', 'product_names') }}
),

joined as (
    {{ joining_pairs('grouped', 'pairs', 'product_names') }}
),

ranked as (
    select
        joined.*,
        row_number() over (
            partition by joined.founder_key, product_names.account_id
            order by
                case when joined.record_key = joined.founder_key then 0 else 1 end,
                joined.method_rank asc, joined.score desc, product_names.seniority asc
        ) as place_in_account
    from joined
    inner join product_names on joined.record_key = product_names.record_key
),

settled as (
    select
        ranked.record_key,
        ranked.founder_key,
        ranked.matched_key,
        ranked.method,
        ranked.score,
        ranked.band,
        ranked.reasons,
        ranked.decided_by
    from ranked
    where ranked.record_key <> ranked.founder_key
        and (ranked.place_in_account = 1 or ranked.method = 'override')
        and not exists (
            select 1
            from decisions
            inner join grouped on decisions.other_key = grouped.record_key
            where decisions.record_key = ranked.record_key
                and grouped.founder_key = ranked.founder_key
        )
)

select * from settled
