{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per product that is linked to others and is not its group's founder, with the pair that
-- it
-- joined by: a person's decision, the pair with the founder, or the best it has. A group holds one
-- product of an account, and more only where the till holds it twice.
{%- set link_at = 4000 %}
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
        cast(10000 * pairs.score as bigint) as points,
        decisions.decision
    from pairs
    left join decisions
        on pairs.record_no = decisions.record_no and pairs.other_no = decisions.other_no
),

accounts_of as (
    select record_no, account_id from records
),

clustered as (
    {{ linked_clusters('scored', link_at, accounts='accounts_of') }}
),

sides as (
    select record_no, other_no, score, method, band, reasons, decided_by, is_link from pairs
    union all
    select
        other_no as record_no,
        record_no as other_no,
        score,
        method,
        band,
        reasons,
        decided_by,
        is_link
    from pairs
),

ranked as (
    select
        clustered.record_no,
        clustered.founder_no,
        sides.other_no as matched_no,
        sides.method,
        sides.score,
        sides.band,
        sides.reasons,
        sides.decided_by,
        row_number() over (
            partition by clustered.record_no
            order by
                case when sides.decided_by = 'person' then 0 else 1 end,
                case when sides.other_no = clustered.founder_no then 0 else 1 end,
                sides.score desc,
                sides.other_no
        ) as place
    from clustered
    inner join clustered as others on clustered.founder_no = others.founder_no
    inner join sides
        on clustered.record_no = sides.record_no and others.record_no = sides.other_no
    where clustered.record_no <> clustered.founder_no and sides.is_link
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
    inner join records as own on ranked.record_no = own.record_no
    inner join records as founders on ranked.founder_no = founders.record_no
    inner join records as matched on ranked.matched_no = matched.record_no
    where ranked.place = 1
)

select * from joined
