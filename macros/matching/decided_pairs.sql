{#-
    A select of what is decided on two records: record_no (the less senior), other_no, record_key,
    other_key, decision, reason, method (override: a person's; new_id: two ids of one record).

    A decision on a record that another took the place of is a decision on that one; where the old
    record is still known, from sales or as a deleted one, it holds for both, and the two are the
    same. The last decision on a pair stands. Records of different businesses are never the same.

    `overrides`: account_id, record_id, other_account_id, other_record_id, decision, reason,
    decided_on. `records`: record_no, record_key, account_id, record_id, business_id. `left_behind`:
    macro records_that_left.
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
