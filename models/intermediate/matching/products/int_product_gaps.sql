{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair whose names differ: how much of what only one of them holds the
-- other's description tells, and whether two of the words are known to tell products apart.
with left_tokens as (
    select * from {{ ref('int_product_left_tokens') }}
),

described as (
    select * from {{ ref('int_product_described') }}
),

contrasts as (
    select * from {{ ref('int_product_contrasts') }}
),

only_here as (
    select * from left_tokens where is_here
),

only_there as (
    select * from left_tokens where not is_here
),

left_over as (
    select
        left_tokens.*,
        case when is_here then other_no else record_no end as describer_no
    from left_tokens
),

told as (
    select
        left_over.record_no,
        left_over.other_no,
        sum(left_over.weight) as left_weight,
        sum(case when described.token is not null then left_over.weight else 0 end)
            as described_weight,
        max(case when described.token is not null and left_over.kind = 'code' then 1 else 0 end)
            as described_code
    from left_over
    left join described
        on left_over.describer_no = described.record_no and left_over.token = described.token
    group by left_over.record_no, left_over.other_no
),

contrasted as (
    select distinct here.record_no, here.other_no
    from only_here as here
    inner join only_there as there
        on here.record_no = there.record_no and here.other_no = there.other_no
    inner join contrasts
        on here.business_id = contrasts.business_id
        and here.token = contrasts.token
        and there.token = contrasts.other_token
),

gaps as (
    select
        told.record_no,
        told.other_no,
        cast(told.left_weight as bigint) as left_weight,
        cast(told.described_weight as bigint) as described_weight,
        told.described_code,
        case when contrasted.record_no is null then 0 else 1 end as is_contrasted
    from told
    left join contrasted
        on told.record_no = contrasted.record_no and told.other_no = contrasted.other_no
)

select * from gaps
