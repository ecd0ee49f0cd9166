{{ config(materialized='table', pre_hook="{{ no_nested_loops() }}") }}
-- One row per customer that shares a group with more senior ones: the group's founder, which is its
-- most senior member, and the pair that it belongs to the group by: a person's decision first, else
-- the best scored pair with another member.
with pairs as (
    select * from {{ ref('int_customer_pairs') }}
),

clustered as (
    {{ linked_clusters('pairs', 3000) }}
),

sides as (
    select record_no, other_no as matched_no, decision, score, method, band, reasons, decided_by
    from pairs
    union all
    select
        other_no as record_no, record_no as matched_no, decision, score, method, band, reasons,
        decided_by
    from pairs
),

keys as (
    select record_no, record_key from {{ ref('int_customer_features') }}
),

ranked as (
    select
        clustered.record_no,
        clustered.founder_no,
        sides.matched_no,
        sides.method,
        sides.score,
        sides.band,
        sides.reasons,
        sides.decided_by,
        row_number() over (
            partition by clustered.record_no
            order by
                case when sides.decision = 'same' then 0 else 1 end,
                sides.score desc, sides.matched_no
        ) as place
    from clustered
    inner join sides on clustered.record_no = sides.record_no
    inner join clustered as matched
        on sides.matched_no = matched.record_no and clustered.founder_no = matched.founder_no
    where clustered.record_no <> clustered.founder_no
),

joined as (
    select
        own.record_key,
        founders.record_key as founder_key,
        matched.record_key as matched_key,
        ranked.method,
        ranked.score,
        ranked.band,
        ranked.reasons,
        ranked.decided_by
    from ranked
    inner join keys as own on ranked.record_no = own.record_no
    inner join keys as founders on ranked.founder_no = founders.record_no
    inner join keys as matched on ranked.matched_no = matched.record_no
    where ranked.place = 1
)

select * from joined
