{#-
    A select that tells by which pair each record belongs to its group: the pair with the founder
    where there is one, else the best pair it has.

    `groups`: record_key, founder_key. `pairs`: record_key, other_key, method_rank, method, score,
    band, reasons, decided_by. `members`: record_key, seniority. A record's own decisions come first.
-#}
{% macro joining_pairs(groups, pairs, members) %}
    select
        ranked.record_key,
        ranked.founder_key,
        ranked.matched_key,
        ranked.method_rank,
        ranked.method,
        ranked.score,
        ranked.band,
        ranked.reasons,
        ranked.decided_by
    from (
        select
            groups.record_key,
            groups.founder_key,
            sides.matched_key,
            sides.method_rank,
            sides.method,
            sides.score,
            sides.band,
            sides.reasons,
            sides.decided_by,
            row_number() over (
                partition by groups.record_key
                order by
                    case when sides.method = 'override' then 0 else 1 end,
                    case when sides.matched_key = groups.founder_key then 0 else 1 end,
                    sides.method_rank, sides.score desc, members.seniority
            ) as place
        from {{ groups }} as groups
        inner join (
            select record_key, other_key as matched_key, method_rank, method, score, band, reasons, decided_by
            from {{ pairs }}
            union all
            select other_key as record_key, record_key as matched_key, method_rank, method, score, band, reasons, decided_by
            from {{ pairs }}
        ) as sides on groups.record_key = sides.record_key
        inner join {{ members }} as members on sides.matched_key = members.record_key
    ) as ranked
    where ranked.place = 1
{% endmacro %}
