{#-
    A select of the members of groups but their founders, each with the pair that it belongs to its
    group by: record_key, founder_key, matched_key, and what that pair says. That is a pair with
    another member: a person's decision first, then, with `founder_first`, the one with the founder,
    then the best scored.

    `clustered`: record_no, founder_no (macro linked_clusters). `pairs`: record_no, other_no (each two
    records once), score, method, band, reasons, decided_by. `keys`: record_no, record_key.
-#}
{% macro group_members(clustered, pairs, keys, founder_first=false) %}
    with sides as (
        {%- for own, matched in [('record_no', 'other_no'), ('other_no', 'record_no')] %}
        select
            {{ own }} as own_no, {{ matched }} as matched_no, score, method, band, reasons, decided_by
        from {{ pairs }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ),

    ranked as (
        select
            own.founder_no,
            sides.*,
            row_number() over (
                partition by own.record_no
                order by
                    case when sides.decided_by = 'person' then 0 else 1 end,
                    {%- if founder_first %}
                    case when sides.matched_no = own.founder_no then 0 else 1 end,
                    {%- endif %}
                    sides.score desc,
                    sides.matched_no
            ) as place
        from {{ clustered }} as own
        inner join sides on own.record_no = sides.own_no
        inner join {{ clustered }} as matched
            on sides.matched_no = matched.record_no and own.founder_no = matched.founder_no
        where own.record_no <> own.founder_no
    )

    select
        own.record_key,
        founders.record_key as founder_key,
        matched.record_key as matched_key,
        ranked.method,
        ranked.score,
        ranked.band,
        ranked.reasons,
        ranked.decided_by
    from ranked
    inner join {{ keys }} as own on ranked.own_no = own.record_no
    inner join {{ keys }} as founders on ranked.founder_no = founders.record_no
    inner join {{ keys }} as matched on ranked.matched_no = matched.record_no
    where ranked.place = 1
{% endmacro %}
