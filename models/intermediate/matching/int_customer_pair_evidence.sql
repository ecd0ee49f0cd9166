-- One row per two customers that are compared and field that speaks for or against the same.
with pairs as (
    select * from {{ ref('int_customer_pairs') }}
),

evidence as (
    select
        record_key,
        other_key,
        1 as evidence_rank,
        method as field,
        cast(null as varchar) as value,
        cast(null as varchar) as other_value,
        reasons as outcome,
        cast(null as numeric(9, 4)) as weight
    from pairs
)

select * from evidence
