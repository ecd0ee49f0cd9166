{{ config(materialized='table') }}
-- One row per two customers of one business that are compared: those that a shared value leads to
-- (is_led), and some thousand pairs at random (is_random): how often do two strangers agree?
with features as (
    select * from {{ ref('int_customer_features') }}
),

keys as (
    select * from {{ ref('int_customer_keys') }}
),

led as (
    select
        greatest(here.record_no, there.record_no) as record_no,
        least(here.record_no, there.record_no) as other_no
    from keys as here
    inner join keys as there on here.value_no = there.value_no
    where here.is_followed and here.record_no <> there.record_no
),

placed as (
    select
        business_id,
        record_no,
        row_number() over (partition by business_id order by record_no) - 1 as place,
        count(*) over (partition by business_id) as members
    from features
),

shifts as (
    {%- for step in range(1, 9) %}
        select {{ step }} as step
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

partners as (
    select
        placed.business_id,
        placed.record_no,
        (placed.place + 1 + (shifts.step * 7919) % (placed.members - 1)) % placed.members
            as other_place
    from placed
    cross join shifts
    where placed.members > 1 and placed.place < 10000
),

random_pairs as (
    select
        greatest(partners.record_no, other.record_no) as record_no,
        least(partners.record_no, other.record_no) as other_no
    from partners
    inner join placed as other
        on partners.business_id = other.business_id and partners.other_place = other.place
    where partners.record_no <> other.record_no
),

drawn as (
    select record_no, other_no, 1 as is_led, 0 as is_random from led
    union all
    select record_no, other_no, 0 as is_led, 1 as is_random from random_pairs
),

counted as (
    select
        record_no,
        other_no,
        max(is_led) as is_led,
        max(is_random) as is_random
    from drawn
    group by record_no, other_no
),

candidates as (
    select
        counted.record_no,
        counted.other_no,
        one.version_no,
        two.version_no as other_version_no,
        counted.is_led,
        counted.is_random
    from counted
    inner join features as one on counted.record_no = one.record_no
    inner join features as two on counted.other_no = two.record_no
)

select * from candidates
