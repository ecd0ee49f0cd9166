{{ config(materialized='table', pre_hook="{{ no_nested_loops() }}") }}
-- One row per business, field and level that a comparison can end with: what it says, in
-- ten-thousandths of natural-log odds, against two strangers and against two of one household.
-- Learned from the compared pairs themselves (expectation maximisation over their patterns), from
-- the shares of the seed customer_match_levels on, which count like 200 pairs.
-- Field `prior` holds the odds before any field was compared, for pairs of one account (w) and of
-- two (x).
with patterns as (
    select business_id, pattern, sum(is_led) as led, sum(is_random) as random
    from {{ ref('int_customer_patterns') }}
    group by business_id, pattern
),

features as (
    select * from {{ ref('int_customer_features') }}
),

seed_levels as (
    select * from {{ ref('customer_match_levels') }}
),

fields as (
    {%- for field in person_fields() %}
        select
            '{{ field }}' as field, {{ loop.index + 1 }} as position
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

held as (
    {%- for field in person_fields() %}
        select business_id, '{{ field }}' as field, cast(count(*) as bigint) as holders
        from features
        where {{ field }} is not null
        group by business_id, {{ field }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

filled as (
    select
        business_id,
        field,
        cast(sum(holders) as bigint) as records
    from held
    group by business_id, field
),

shared as (
    select
        business_id,
        field,
        {{ holders_letter('holders') }} as level,
        cast(sum({{ whole_part('holders * (holders - 1)', '2') }}) as bigint) as pairs
    from held
    group by business_id, field, {{ holders_letter('holders') }}
),

found as (
    select
        patterns.business_id,
        patterns.pattern,
        fields.field,
        substr(patterns.pattern, fields.position, 1) as level,
        patterns.led,
        patterns.random
    from patterns
    cross join fields
    where substr(patterns.pattern, fields.position, 1) <> '-'
),

levels as (
    {{ levels_of_business() }}
),

priors as (
    {{ prior_odds() }}
),

{% for round in range(1, em_rounds() + 1) -%}
    {{ em_round(round) }},

{% endfor -%}
learned as (
    select business_id, field, level, same_person, strangers, against_strangers, against_household
    from weights_{{ em_rounds() }}
    union all
    select
        business_id,
        'prior' as field,
        level,
        same_pairs as same_person,
        all_pairs as strangers,
        against_strangers,
        against_household
    from odds_{{ em_rounds() }}
)

select * from learned
