{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair and token that only one of the two names holds.
with candidates as (
    select record_no, other_no from {{ ref('int_product_candidates') }}
),

tokens as (
    select * from {{ ref('int_product_tokens') }}
),

only_here as (
    select
        candidates.record_no, candidates.other_no, tokens.business_id, tokens.token,
        tokens.kind, tokens.weight
    from candidates
    inner join tokens on candidates.record_no = tokens.record_no
    left join tokens as there
        on candidates.other_no = there.record_no and tokens.token = there.token
    where there.token is null
),

only_there as (
    select
        candidates.record_no, candidates.other_no, tokens.business_id, tokens.token,
        tokens.kind, tokens.weight
    from candidates
    inner join tokens on candidates.other_no = tokens.record_no
    left join tokens as here
        on candidates.record_no = here.record_no and tokens.token = here.token
    where here.token is null
),

left_tokens as (
    select record_no, other_no, business_id, token, kind, weight, true as is_here
    from only_here
    union all
    select record_no, other_no, business_id, token, kind, weight, false as is_here
    from only_there
)

select * from left_tokens
