{#-
    How often weights and pairs are estimated from each other. Origin: on febrl3, fake_1000 and invented
    lists a fifth round changes nothing.
-#}
{% macro em_rounds() -%}{{ return(4) }}{%- endmacro %}

{#-
    For each business, field and level: same_prior, the share among records of one person, and
    strangers, among two strangers, both in ten-millionths. Of a value the share is that of its
    holders, so a rare value says more; of another level what the random pairs show. A business of
    few records leans on the seed: it counts like 100 records and like 1,000 random pairs. E-mails and
    phones are given out once: strangers hold one of up to 8 holders by a slip, in 1 of 100 cases that
    chance would give (origin: tried on invented lists of e-mails and phones alone).
-#}
{% macro levels_of_business() %}
    select
        filled.business_id,
        filled.field,
        letters.level,
        seed_levels.level as kind,
        filled.records,
        coalesce(shared.pairs, 0) as shared_pairs,
        cast(10000000 * seed_levels.same_person as bigint) as same_prior,
        seed_levels.household_share,
        seed_levels.household_level,
        case
            when letters.level between 'a' and 'c' and filled.field in ('email', 'phone')
                then {{ whole_part(
                    '100000 * letters.holders + cast(10000000 * seed_levels.strangers as bigint)',
                    'filled.records + 100'
                ) }}
            when letters.holders is not null
                then {{ whole_part(
                    '10000000 * letters.holders + cast(1000000000 * seed_levels.strangers as bigint) ',
                    'filled.records + 100'
                ) }}
            else {{ whole_part(
                '10000000 * coalesce(drawn.random, 0) + cast(10000000000 * seed_levels.strangers as bigint)',
                'coalesce(drawn.all_random, 0) + 1000'
            ) }}
        end as strangers
    from filled
    inner join (
        select
            seed.field,
            seed.level,
            cast(seed.same_person as numeric(9, 7)) as same_person,
            cast(coalesce(equal.household, 0) as numeric(9, 7)) as household_share,
            case
                when seed.level <> '=' then cast(10000000 * coalesce(seed.household, 0) as bigint)
                else 0
            end as household_level,
            coalesce(
                cast(seed.strangers as numeric(9, 7)),
                1 - sum(cast(seed.strangers as numeric(9, 7))) over (partition by seed.field)
            ) as strangers
        from seed_levels as seed
        left join seed_levels as equal on seed.field = equal.field and equal.level = '='
    ) as seed_levels on filled.field = seed_levels.field
    inner join (
        {% for letter in 'abcdefghijklmnopqrst' -%}
        select '=' as kind, '{{ letter }}' as level, cast({{ 3 * 2 ** loop.index0 // 2 + 1 * (loop.index0 == 0) }} as bigint) as holders
        union all
        {% endfor -%}
        {% for letter in '12345689' -%}
        select '{{ letter }}' as kind, '{{ letter }}' as level, cast(null as bigint) as holders
        {{ 'union all' if not loop.last }}
        {% endfor -%}
    ) as letters on seed_levels.level = letters.kind
    left join (
        select
            business_id,
            field,
            level,
            cast(sum(random) as bigint) as random,
            cast(sum(sum(random)) over (partition by business_id, field) as bigint) as all_random
        from found
        group by business_id, field, level
    ) as drawn
        on filled.business_id = drawn.business_id
        and filled.field = drawn.field
        and letters.level = drawn.level
    left join shared
        on filled.business_id = shared.business_id
        and filled.field = shared.field
        and letters.level = shared.level
{% endmacro %}

{#-
    For each business and kind of pair (w within an account, x across two): all_pairs, and how many
    of them are expected to be one person before any was seen: one for every 20 customers (origin: a
    guess at a till's list; after the first round it counts a tenth, what was found nine).
-#}
{% macro prior_odds() %}
    select
        counted.business_id,
        kinds.level,
        counted.records,
        case kinds.level
            when 'w' then counted.within
            else {{ whole_part('counted.records * (counted.records - 1)', '2') }} - counted.within
        end as all_pairs
    from (
        select
            business_id,
            cast(sum(records) as bigint) as records,
            cast(sum({{ whole_part('records * (records - 1)', '2') }}) as bigint) as within
        from (
            select business_id, account_id, cast(count(*) as bigint) as records
            from features
            group by business_id, account_id
        ) as accounts
        group by business_id
    ) as counted
    cross join (select 'w' as level union all select 'x' as level) as kinds
{% endmacro %}

{#-
    What all fields together say against two of one household. Who lives together shares phone,
    address and often the e-mail at once, so all of that counts 1 (e to 1) at most.
-#}
{% macro identity_odds(field, weight) -%}
    sum(case when {{ field }} in ('given', 'birth_date') then {{ weight }} else 0 end)
    + sum(case when {{ field }} = 'surname' then least({{ weight }}, 0) else 0 end)
    + least(
        sum(
            case
                when {{ field }} in ('given', 'birth_date', 'prior') then 0
                when {{ field }} = 'surname' then greatest({{ weight }}, 0)
                else {{ weight }}
            end
        ),
        10000
    )
{%- endmacro %}

{#- One round: weights from the pairs found in the round before, then each pattern's chance. -#}
{% macro em_round(round) %}
    {%- set first = round == 1 -%}
    {#- pairs that the seed counts like, and the shares of strangers before any pair was found;
        tried on febrl3 and fake_1000 (DECISIONS, "The same person") -#}
    {%- set seed_pairs = 200 -%}
    seen_{{ round }} as (
        select
            found.business_id,
            found.field,
            found.level,
            {% if first -%}
            cast(0 as numeric(38, 0)) as same,
            cast(0 as numeric(38, 0)) as household
            {%- else -%}
            cast(sum(chances.chance * found.led) as numeric(38, 0)) as same,
            cast(sum(chances.household_chance * found.led) as numeric(38, 0)) as household
            {%- endif %}
        from found
        {%- if not first %}
        inner join chances_{{ round - 1 }} as chances
            on found.business_id = chances.business_id and found.pattern = chances.pattern
        {%- endif %}
        group by found.business_id, found.field, found.level
    ),

    counted_{{ round }} as (
        select
            levels.*,
            coalesce(seen.same, 0) as same,
            {#- pairs of strangers who share the value; most of them were never compared #}
            greatest(
                levels.shared_pairs * cast(1000000 as numeric(38, 0))
                - coalesce(seen.same, 0) - coalesce(seen.household, 0), 0
            ) as apart,
            sum(coalesce(seen.same, 0)) over (partition by levels.business_id, levels.field)
                as same_in_field,
            sum(coalesce(seen.same, 0)) over (
                partition by levels.business_id, levels.field, levels.kind
            ) as same_of_kind
        from levels
        left join seen_{{ round }} as seen
            on levels.business_id = seen.business_id
            and levels.field = seen.field
            and levels.level = seen.level
    ),

    shares_{{ round }} as (
        select
            business_id,
            field,
            level,
            household_share,
            household_level,
            cast({{ whole_part(
                '10000000 * same_of_kind + same_prior * ' ~ seed_pairs ~ '000000',
                'same_in_field + ' ~ seed_pairs ~ '000000'
            ) }} as bigint) as same_person,
            cast(greatest(case
                when kind <> '=' then strangers
                else {{ whole_part(
                    whole_part('20 * same_of_kind * apart', 'cast(greatest(records, 2) as numeric(38, 0)) * (greatest(records, 2) - 1)')
                    ~ ' + ' ~ seed_pairs ~ '000000 * cast(strangers as numeric(38, 0))',
                    'same + ' ~ seed_pairs ~ '000000'
                ) }}
            end, 1) as bigint) as strangers
        from counted_{{ round }}
    ),

    weights_{{ round }} as (
        select
            business_id,
            field,
            level,
            same_person,
            strangers,
            {{ nats('same_person') }} - {{ nats('strangers') }} as against_strangers,
            {{ nats('same_person') }} - {{ nats(
                'greatest(household_share * same_person'
                ~ ' + (1 - household_share) * greatest(strangers, household_level), 1)'
            ) }} as against_household
        from shares_{{ round }}
    ),

    kinds_{{ round }} as (
        select
            priors.business_id,
            priors.level,
            priors.records,
            priors.all_pairs,
            {% if first -%}
            cast(0 as numeric(38, 0)) as same,
            cast(0 as numeric(38, 0)) as household
            {%- else -%}
            cast(coalesce(sum(chances.chance * chances.led), 0) as numeric(38, 0)) as same,
            cast(coalesce(sum(chances.household_chance * chances.led), 0) as numeric(38, 0))
                as household
            {%- endif %}
        from priors
        {%- if not first %}
        left join chances_{{ round - 1 }} as chances
            on priors.business_id = chances.business_id and priors.level = left(chances.pattern, 1)
        group by priors.business_id, priors.level, priors.records, priors.all_pairs
        {%- endif %}
    ),

    odds_{{ round }} as (
        select
            business_id,
            level,
            cast({{ whole_part('same', '1000000') }} as bigint) as same_pairs,
            all_pairs,
            {{ nats('same * ' ~ (0 if first else 9) ~ ' + 50000 * records') }}
            - {{ nats('cast(' ~ (1 if first else 10) ~ ' as double precision) * 1000000 * greatest(all_pairs, 1)') }} as against_strangers,
            {{ nats('same * ' ~ (0 if first else 9) ~ ' + 50000 * records') }}
            - {{ nats('household * ' ~ (0 if first else 9) ~ ' + 50000 * records') }} as against_household
        from kinds_{{ round }}
    ),

    chances_{{ round }} as (
        select
            business_id,
            pattern,
            led,
            {{ chance('against_strangers', 'against_household') }} as chance,
            {{ household_chance('against_strangers', 'against_household') }} as household_chance
        from (
            select
                found.business_id,
                found.pattern,
                found.led,
                max(odds.against_strangers) + sum(weights.against_strangers) as against_strangers,
                max(odds.against_household)
                + {{ identity_odds('found.field', 'weights.against_household') }} as against_household
            from found
            inner join weights_{{ round }} as weights
                on found.business_id = weights.business_id
                and found.field = weights.field
                and found.level = weights.level
            inner join odds_{{ round }} as odds
                on found.business_id = odds.business_id and left(found.pattern, 1) = odds.level
            group by found.business_id, found.pattern, found.led
        ) as summed
    )
{%- endmacro %}
