{#-
    A select of what is decided on two records: record_no (the less senior), other_no, record_key,
    other_key, decision, reason, method (override: a person's; new_id: two ids of one record).

    A decision on a record that another took the place of is a decision on that one; where the old
    record is still known, from sales or as a deleted one, it holds for both, and the two are the
    same. The last decision on a pair stands. Records of different businesses are never the same.

    `overrides`: macro overrides_by_record. `records`: record_no, record_key, account_id, record_id,
    business_id. `left_behind`: macro records_that_left.
-#}
{% macro decided_pairs(overrides, records, left_behind) %}
    with replaced as (
        select
            left_behind.record_key,
            left_behind.account_id,
            left_behind.record_id,
            left_behind.reason,
            speaking.record_no as speaker_no,
            speaking.business_id
        from {{ left_behind }} as left_behind
        inner join {{ records }} as speaking on left_behind.successor_key = speaking.record_key
    ),

    present as (
        select
            records.record_no,
            records.record_key,
            records.account_id,
            records.record_id,
            records.business_id,
            coalesce(replaced.speaker_no, records.record_no) as speaker_no,
            replaced.reason
        from {{ records }} as records
        left join replaced on records.record_key = replaced.record_key
    ),

    named as (
        select account_id, record_id, business_id, speaker_no from present
        union
        select account_id, record_id, business_id, speaker_no from replaced
    ),

    decided as (
        select
            greatest(one.speaker_no, two.speaker_no) as speaker_no,
            least(one.speaker_no, two.speaker_no) as other_speaker_no,
            overrides.decision,
            overrides.reason,
            overrides.decided_on
        from {{ overrides }} as overrides
        inner join named as one
            on overrides.account_id = one.account_id and overrides.record_id = one.record_id
        inner join named as two
            on overrides.other_account_id = two.account_id
            and overrides.other_record_id = two.record_id
        where one.business_id = two.business_id and one.speaker_no <> two.speaker_no
    ),

    ranked as (
        select
            decided.*,
            row_number() over (
                partition by speaker_no, other_speaker_no
                order by decided_on desc nulls last, decision asc
            ) as place
        from decided
    ),

    standing as (
        select
            greatest(one.record_no, two.record_no) as record_no,
            least(one.record_no, two.record_no) as other_no,
            ranked.decision,
            ranked.reason,
            'override' as method
        from ranked
        inner join present as one on ranked.speaker_no = one.speaker_no
        inner join present as two on ranked.other_speaker_no = two.speaker_no
        where ranked.place = 1
        union all
        select
            greatest(record_no, speaker_no) as record_no,
            least(record_no, speaker_no) as other_no,
            'same' as decision,
            reason,
            'new_id' as method
        from present
        where record_no <> speaker_no
    )

    select
        standing.record_no,
        standing.other_no,
        one.record_key,
        two.record_key as other_key,
        standing.decision,
        standing.reason,
        standing.method
    from standing
    inner join present as one on standing.record_no = one.record_no
    inner join present as two on standing.other_no = two.record_no
{% endmacro %}

{#- The decisions of people in the `seed` of products, or customers, under names for both. -#}
{% macro overrides_by_record(seed, word) %}
    select
        account_id,
        {{ word }}_id as record_id,
        other_account_id,
        other_{{ word }}_id as other_record_id,
        decision,
        reason,
        decided_on
    from {{ seed }}
{% endmacro %}

{#-
    The overrides that decide nothing: one of their records is not known, by its own id or as one
    that another took the place of, or the two are one, or of two businesses. The arguments are
    those of decided_pairs.
-#}
{% macro overrides_without_effect(overrides, records, left_behind) %}
    with named as (
        select account_id, record_id, business_id, record_key from {{ records }}
        union
        select
            left_behind.account_id,
            left_behind.record_id,
            successors.business_id,
            left_behind.record_key
        from {{ left_behind }} as left_behind
        inner join {{ records }} as successors on left_behind.successor_key = successors.record_key
    )

    select
        overrides.account_id,
        overrides.record_id,
        overrides.other_account_id,
        overrides.other_record_id
    from {{ overrides }} as overrides
    left join named as one
        on overrides.account_id = one.account_id and overrides.record_id = one.record_id
    left join named as two
        on overrides.other_account_id = two.account_id
        and overrides.other_record_id = two.record_id
    where coalesce(one.business_id <> two.business_id, true) or one.record_key = two.record_key
{% endmacro %}
