{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair and token that only one of the two names holds.
with candidates as (
    select record_no, other_no from {{ ref('int_product_candidates') }}
),

tokens as (
    select * from {{ ref('int_product_tokens') }}
),

sides as (
    select record_no, other_no, record_no as here_no, other_no as there_no, true as is_here
    from candidates
    union all
    select record_no, other_no, other_no as here_no, record_no as there_no, false as is_here
    from candidates
),

left_tokens as (
    select
        sides.record_no, sides.other_no, here.business_id, here.token, here.kind, here.weight,
        sides.is_here
    from sides
    inner join tokens as here on sides.here_no = here.record_no
    left join tokens as there
        on sides.there_no = there.record_no and here.token = there.token
    where there.token is null
)

select * from left_tokens
