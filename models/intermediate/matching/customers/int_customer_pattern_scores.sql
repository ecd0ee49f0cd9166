{{ config(materialized='table') }}
-- One row per business and pattern: the odds and the chance that two customers who compare so are
-- one person, and why. Two ways of not being one are weighed: strangers, and people of one
-- household, who share name, address, phone and even e-mail. Odds are ten-thousandths of
-- natural-log odds; identity_odds is what the fields say against a household, before the prior.
with patterns as (
    select distinct business_id, pattern
    from {{ ref('int_customer_patterns') }}
    where is_led = 1
),

weights as (
    select * from {{ ref('int_customer_weights') }}
),

meanings as (
    select * from {{ ref('customer_match_levels') }}
),

sizes as (
    select business_id, count(*) as customers
    from {{ ref('int_customer_features') }}
    group by business_id
),

same_pairs as (
    select business_id, sum(same_person) as pairs from weights where field = 'prior'
    group by business_id
),

fields as (
    select 'prior' as field, 1 as position
    {%- for field in person_fields() %}
        union all
        select '{{ field }}' as field, {{ loop.index + 1 }} as position
    {%- endfor %}
),

found as (
    select
        patterns.business_id,
        patterns.pattern,
        fields.position,
        fields.field,
        case when fields.field in ('given', 'surname') then 'name' else fields.field end as method,
        weights.against_strangers,
        weights.against_household,
        weights.same_person,
        fields.field in ('given', 'birth_date') and weights.level = '9' as is_contradiction,
        meanings.meaning,
        row_number() over (
            partition by patterns.business_id, patterns.pattern
            order by
                case when fields.field = 'prior' then 1 else 0 end,
                weights.against_strangers desc, fields.position
        ) as place
    from patterns
    cross join fields
    inner join weights
        on patterns.business_id = weights.business_id
        and fields.field = weights.field
        and substr(patterns.pattern, fields.position, 1) = weights.level
    left join meanings
        on fields.field = meanings.field
        and case when weights.level between 'a' and 't' then '=' else weights.level end
        = meanings.level
),

summed as (
    select
        business_id,
        pattern,
        cast(sum(against_strangers) as bigint) as against_strangers,
        cast(sum(case when field = 'prior' then against_household else 0 end) as bigint)
            as prior_against_household,
        cast({{ identity_odds('field', 'against_household') }} as bigint) as identity_odds,
        max(case when is_contradiction then same_person end) as contradicting_share,
        sum(case when is_contradiction then 1 else 0 end) = 1
        and sum(
            case when field in ('given', 'birth_date') and against_household > 0 then 1 else 0 end
        ) = 1 as is_half_the_same,
        max(case when place = 1 then method end) as method,
        string_agg(meaning, ', ' order by place) as reasons
    from found
    group by business_id, pattern
),

totalled as (
    select
        summed.*,
        summed.prior_against_household + summed.identity_odds as against_household,
        -- more such pairs than one for every so many customers are errors, not twins or namesakes
        summed.is_half_the_same
        and summed.contradicting_share * same_pairs.pairs * {{ customer_limits().relatives_in }}
        < 10000000 * sizes.customers as may_be_relatives
    from summed
    inner join sizes on summed.business_id = sizes.business_id
    inner join same_pairs on summed.business_id = same_pairs.business_id
),

scored as (
    select
        business_id,
        pattern,
        against_strangers,
        -{{ nats(exp_of('against_strangers') ~ ' + ' ~ exp_of('against_household')) }} as odds,
        identity_odds,
        may_be_relatives,
        {{ chance('against_strangers', 'against_household') }} as chance,
        method,
        reasons
    from totalled
)

select * from scored
