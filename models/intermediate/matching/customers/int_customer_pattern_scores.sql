{{ config(materialized='table') }}
-- One row per business and pattern: the odds and the chance that two customers who compare so are
-- one person, and why. Two ways of not being one are weighed: strangers, and people of one
-- household, who share name, address, phone and even e-mail. Odds are ten-thousandths of
-- natural-log odds; identity_odds is what the fields say against a household, before the prior.
with patterns as (
    select business_id, pattern, count(*) as pairs
    from {{ ref('int_customer_patterns') }}
    where is_led = 1
    group by business_id, pattern
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
        patterns.pairs,
        fields.position,
        fields.field,
        case when fields.field in ('given', 'surname') then 'name' else fields.field end as method,
        weights.against_strangers,
        weights.against_household,
        case
            when fields.field in ('given', 'birth_date') and weights.level in ('8', '9')
                then fields.field || weights.level
        end as contradiction,
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
        max(pairs) as pairs,
        max(contradiction) as contradiction,
        count(contradiction) = 1
        and sum(
            case when field in ('given', 'birth_date') and against_household > 0 then 1 else 0 end
        ) = 1 as is_half_the_same,
        max(case when place = 1 then method end) as method,
        string_agg(meaning, ', ' order by place) as reasons
    from found
    group by business_id, pattern
),

totalled as (
    select summed.*, prior_against_household + identity_odds as against_household from summed
),

scored as (
    select
        totalled.*,
        -{{ nats(exp_of('against_strangers') ~ ' + ' ~ exp_of('against_household')) }} as odds,
        {{ chance('against_strangers', 'against_household') }} as chance
    from totalled
),

counted as (
    select
        scored.*,
        sum(
            case
                when is_half_the_same and chance >= {{ customer_limits().review_at }} then pairs
                else 0
            end
        ) over (partition by business_id, contradiction) as such_pairs
    from scored
),

judged as (
    select
        counted.business_id,
        counted.pattern,
        counted.against_strangers,
        counted.odds,
        counted.identity_odds,
        -- more such pairs than one for every so many customers are errors, not twins or namesakes;
        -- of another given name with no more than a phone in common, rather a household
        (
            counted.is_half_the_same
            and counted.such_pairs * {{ customer_limits().relatives_in }} < sizes.customers
        ) or (
            substr(counted.pattern, 2, 1) in ('8', '9') and substr(counted.pattern, 7, 2) = '--'
            and substr(counted.pattern, 4, 2) in ('--', '-9')
        ) as may_be_relatives,
        counted.chance,
        counted.method,
        counted.reasons
    from counted
    inner join sizes on counted.business_id = sizes.business_id
)

select * from judged
