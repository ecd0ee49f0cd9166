{{ config(materialized='table') }}
-- One row per two products that a person has decided on in the seed product_overrides; the last
-- decision on a pair stands. Products of different businesses are never the same.
with overrides as (
    select * from {{ ref('product_overrides') }}
),

records as (
    select * from {{ ref('int_product_records') }}
),

decided as (
    select
        greatest(one.record_no, two.record_no) as record_no,
        least(one.record_no, two.record_no) as other_no,
        overrides.decision,
        overrides.reason,
        overrides.decided_on
    from overrides
    inner join records as one
        on overrides.account_id = one.account_id and overrides.product_id = one.product_id
    inner join records as two
        on overrides.other_account_id = two.account_id
        and overrides.other_product_id = two.product_id
    where one.business_id = two.business_id and one.record_no <> two.record_no
),

ranked as (
    select
        decided.*,
        row_number() over (
            partition by record_no, other_no order by decided_on desc nulls last, decision asc
        ) as place
    from decided
),

standing as (
    select
        ranked.record_no,
        ranked.other_no,
        one.record_key,
        two.record_key as other_key,
        ranked.decision,
        ranked.reason
    from ranked
    inner join records as one on ranked.record_no = one.record_no
    inner join records as two on ranked.other_no = two.record_no
    where ranked.place = 1
)

select * from standing
