{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per two products worth comparing: the ten nearest by the cosine of their tokens' weights,
-- from either side, of each other till, the four nearest of the own till (how alike two different
-- products get), and all that share a code. Pairs of one till stand both ways round.
-- Tokens of more than {{ most_word_holders() }} products of a till find nothing alone,
-- codes of more than {{ most_code_holders() }} nothing.
-- Origin of ten, four, eight heaviest words, the least cosine of 0.05: tried; 99 % of Abt-Buy's.
with tokens as (
    select * from {{ ref('int_product_tokens') }}
),

product_keys as (
    select * from {{ ref('int_product_keys') }}
    where holders <= {{ most_code_holders() }}
),

versions as (
    select * from {{ ref('int_product_versions') }}
),

lengths as (
    select record_no, account_rank, sqrt(cast(sum(weight * weight) as double precision)) as length
    from tokens
    group by record_no, account_rank
),

rare as (
    select record_no, business_id, account_rank, token, weight * weight as squared
    from tokens
    where holders_in_account <= {{ most_word_holders() }} and weight > 0
),

heaviest as (
    select
        tokens.*,
        row_number() over (partition by record_no order by weight desc, token) as place
    from tokens
    where weight > 0
),

-- a token too common to find anything alone finds it together with another
twos as (
    select
        one.record_no,
        one.business_id,
        one.account_rank,
        one.token || ' ' || two.token as token,
        {{ whole_part('one.weight * one.weight + two.weight * two.weight', '4') }} as squared,
        count(*) over (
            partition by one.business_id, one.account_rank, one.token, two.token
        ) as holders
    from heaviest as one
    inner join heaviest as two on one.record_no = two.record_no and one.token < two.token
    where one.place <= 8
        and two.place <= 8
        and greatest(one.holders_in_account, two.holders_in_account) > {{ most_word_holders() }}
),

finding as (
    select record_no, business_id, account_rank, token, squared from rare
    union all
    select record_no, business_id, account_rank, token, squared from twos
    where holders <= {{ most_word_holders() }}
),

shared as (
    select
        one.record_no, two.record_no as other_no, cast(sum(one.squared) as bigint) as squared
    from finding as one
    inner join finding as two on one.business_id = two.business_id and one.token = two.token
    where one.account_rank >= two.account_rank and one.record_no <> two.record_no
    group by one.record_no, two.record_no
),

near as (
    select
        shared.record_no,
        shared.other_no,
        one.account_rank,
        two.account_rank as other_rank,
        {{ points(quotient(quotient('shared.squared', 'one.length'), 'two.length')) }} as cosine
    from shared
    inner join lengths as one on shared.record_no = one.record_no
    inner join lengths as two on shared.other_no = two.record_no
),

ranked as (
    select
        near.*,
        row_number() over (
            partition by record_no, other_rank order by cosine desc, other_no
        ) as place,
        row_number() over (
            partition by other_no, account_rank order by cosine desc, record_no
        ) as other_place
    from near
    where cosine >= 500
),

found as (
    select record_no, other_no, account_rank, other_rank
    from ranked
    where least(place, other_place) <= case when account_rank = other_rank then 4 else 10 end
    union
    select
        one.record_no, two.record_no as other_no, one.account_rank, two.account_rank as other_rank
    from product_keys as one
    inner join product_keys as two
        on one.business_id = two.business_id and one.kind = two.kind and one.code = two.code
    where one.account_rank >= two.account_rank and one.record_no <> two.record_no
),

candidates as (
    select found.*, one.version_no, two.version_no as other_version_no
    from found
    inner join versions as one on found.record_no = one.record_no
    inner join versions as two on found.other_no = two.record_no
)

select * from candidates
