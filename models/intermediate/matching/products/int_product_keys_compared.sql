{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair that both hold codes of a kind: same, shared (a code that more than
-- one product of a till holds says less) or differ. A code of more than 20 says nothing at all.
with candidates as (
    select record_no, other_no from {{ ref('int_product_candidates') }}
),

product_keys as (
    select * from {{ ref('int_product_keys') }}
    where holders <= {{ most_code_holders() }}
),

key_kinds as (
    select distinct record_no, kind from product_keys
),

keys_met as (
    select pairs.record_no, pairs.other_no, one.kind
    from candidates as pairs
    inner join key_kinds as one on pairs.record_no = one.record_no
    inner join key_kinds as two on pairs.other_no = two.record_no and one.kind = two.kind
),

keys_common as (
    select
        one.record_no,
        two.record_no as other_no,
        one.kind,
        min(greatest(one.holders, two.holders)) as holders
    from product_keys as one
    inner join product_keys as two
        on one.business_id = two.business_id and one.kind = two.kind and one.code = two.code
    where one.account_rank >= two.account_rank and one.record_no <> two.record_no
    group by one.record_no, two.record_no, one.kind
),

key_levels as (
    select
        keys_met.record_no,
        keys_met.other_no,
        keys_met.kind,
        case
            when keys_common.holders = 1 then 'same'
            when keys_common.holders > 1 then 'shared'
            else 'differ'
        end as level
    from keys_met
    left join keys_common
        on keys_met.record_no = keys_common.record_no
        and keys_met.other_no = keys_common.other_no
        and keys_met.kind = keys_common.kind
),

keys_compared as (
    select
        record_no,
        other_no,
        max(case when kind = 'barcode' then level end) as barcode_level,
        max(case when kind = 'supplier_code' then level end) as supplier_code_level,
        max(case when kind = 'sku' then level end) as sku_level
    from key_levels
    group by record_no, other_no
)

select * from keys_compared
