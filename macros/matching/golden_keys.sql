{#-
    The select of a registry of golden keys: a row for each record whose key is new or another one
    than before. The model that it fills is its own memory: incremental, and never fully refreshed.

    A key stays with the group that holds most of its records; of the keys that stay with it a group
    keeps the one that most of its records have. Ties go to the most senior record. A group that
    keeps none gets its founder's record_key, or, where that has been a golden key before, a new one.
    A record that left counts for the one that took its place.

    `members`: record_key, seniority, founder_key (of the group; its own for a single record),
    reasons (why it was linked; may be null). `memory`: record_key, golden_key, run_number of what
    the registry holds; none before the first run. `left_behind`: macro records_that_left.
-#}
{% macro golden_keys(members, memory=none, left_behind=none) %}
    with history as (
        {%- if memory %}
        select record_key, golden_key, run_number from {{ memory }}
        {%- else %}
        select record_key, record_key as golden_key, 0 as run_number from {{ members }} where 1 = 0
        {%- endif %}
    ),

    counted as (
        select record_key, seniority, founder_key, reasons from {{ members }}
        {%- if left_behind %}
        union all
        select
            left_behind.record_key,
            members.seniority,
            members.founder_key,
            coalesce(members.reasons, left_behind.reason) as reasons
        from {{ left_behind }} as left_behind
        inner join {{ members }} as members on left_behind.successor_key = members.record_key
        where not exists (
            select 1 from {{ members }} as present
            where present.record_key = left_behind.record_key
        )
        {%- endif %}
    ),

    last_keys as (
        {{ current_keys('history') }}
    ),

    this_run as (
        select cast(coalesce(max(run_number), 0) + 1 as integer) as run_number from history
    ),

    claims as (
        select
            last_keys.golden_key,
            members.founder_key,
            count(*) as records,
            min(members.seniority) as most_senior
        from counted as members
        inner join last_keys on members.record_key = last_keys.record_key
        group by last_keys.golden_key, members.founder_key
    ),

    stays as (
        select
            claims.*,
            row_number() over (
                partition by golden_key order by records desc, most_senior
            ) as place
        from claims
    ),

    kept as (
        select
            golden_key,
            founder_key,
            row_number() over (
                partition by founder_key order by records desc, most_senior, golden_key
            ) as place
        from stays
        where place = 1
    ),

    issued as (
        select distinct golden_key from history
    ),

    groups as (
        select
            founders.founder_key,
            coalesce(
                kept.golden_key,
                case
                    when issued.golden_key is null then founders.founder_key
                    else {{ dbt_utils.generate_surrogate_key(
                        ['founders.founder_key', 'this_run.run_number']
                    ) }}
                end
            ) as golden_key,
            kept.golden_key is null as is_new
        from (select distinct founder_key from counted) as founders
        cross join this_run
        left join kept on founders.founder_key = kept.founder_key and kept.place = 1
        left join issued on founders.founder_key = issued.golden_key
    ),

    keyed as (
        select
            members.record_key,
            groups.golden_key,
            last_keys.golden_key as previous_key,
            case
                when last_keys.golden_key is null then 'first'
                when still_used.golden_key is null then 'merged'
                when groups.is_new then 'split'
                else 'moved'
            end as change,
            members.reasons
        from counted as members
        inner join groups on members.founder_key = groups.founder_key
        left join last_keys on members.record_key = last_keys.record_key
        left join groups as still_used on last_keys.golden_key = still_used.golden_key
    )

    select
        cast(keyed.record_key as varchar) as record_key,
        this_run.run_number,
        cast(keyed.golden_key as varchar) as golden_key,
        cast(keyed.previous_key as varchar) as previous_key,
        {{ run_date() }} as since,
        cast(keyed.change as varchar) as change,
        cast(
            case
                when keyed.change = 'split' then 'no longer linked to the others'
                when keyed.change = 'first' then null
                else coalesce(keyed.reasons, 'others were linked to it')
            end as varchar
        ) as reason
    from keyed
    cross join this_run
    where keyed.previous_key is null or keyed.previous_key <> keyed.golden_key
{% endmacro %}

{#- The key that each record has now, of the rows of a registry: record_key, golden_key. -#}
{% macro current_keys(registry) %}
    select record_key, golden_key
    from (
        select
            record_key,
            golden_key,
            row_number() over (partition by record_key order by run_number desc) as place
        from {{ registry }}
    ) as keys
    where place = 1
{% endmacro %}
