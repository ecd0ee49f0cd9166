-- One row per field of two customers that may be one person, or that cannot be while each is linked
-- to others: what was found, and what it weighs in natural-log odds; what speaks for the same is
-- positive. The weights of a pair add up to its odds:
-- `prior` is what is known before any field, `household` takes off what people who live together
-- share as well.
with pairs as (
    select * from {{ ref('int_customer_pairs') }}
    where pattern is not null
),

features as (
    select * from {{ ref('int_customer_features') }}
),

scores as (
    select * from {{ ref('int_customer_pattern_scores') }}
),

weights as (
    select * from {{ ref('int_customer_weights') }}
),

meanings as (
    select * from {{ ref('customer_match_levels') }}
),

compared as (
    {%- for field in ['prior'] + person_fields() %}
        select
            pairs.record_key,
            pairs.other_key,
            pairs.business_id,
            '{{ field }}' as field,
            {% if field == 'prior' -%}
                cast(null as varchar) as value,
                cast(null as varchar) as other_value,
            {%- elif field == 'phone' -%}
                cast(concat_ws(', ', one.phone, one.other_phone) as varchar) as value,
                cast(concat_ws(', ', two.phone, two.other_phone) as varchar) as other_value,
            {%- else -%}
                cast(one.{{ field }} as varchar) as value,
                cast(two.{{ field }} as varchar) as other_value,
            {%- endif %}
            substr(pairs.pattern, {{ loop.index }}, 1) as level
        from pairs
        inner join features as one on pairs.record_no = one.record_no
        inner join features as two on pairs.other_no = two.record_no
        where substr(pairs.pattern, {{ loop.index }}, 1) <> '-'
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

weighed as (
    select
        compared.record_key,
        compared.other_key,
        compared.field,
        compared.value,
        compared.other_value,
        coalesce(meanings.meaning, 'before any field') as outcome,
        weights.against_strangers as weight
    from compared
    inner join weights
        on compared.business_id = weights.business_id
        and compared.field = weights.field
        and compared.level = weights.level
    left join meanings
        on compared.field = meanings.field
        and case when compared.level between 'a' and 't' then '=' else compared.level end
        = meanings.level
    union all
    select
        pairs.record_key,
        pairs.other_key,
        'household' as field,
        null as value,
        null as other_value,
        'shared by a household as well' as outcome,
        scores.odds - scores.against_strangers as weight
    from pairs
    inner join scores
        on pairs.business_id = scores.business_id and pairs.pattern = scores.pattern
),

ranked as (
    select
        record_key,
        other_key,
        field,
        value,
        other_value,
        outcome,
        cast(0.0001 * weight as numeric(9, 4)) as weight,
        row_number() over (
            partition by record_key, other_key order by abs(weight) desc, field
        ) as evidence_rank
    from weighed
)

select * from ranked
