{#-
    A select of the groups that pairs form: for each paired record the most senior record that can
    be reached from it through pairs, itself included, as `founder_key`.

    `pairs`: record_key, other_key. `members`: record_key, seniority (1 = most senior, no ties
    within a business).
-#}
{% macro linked_groups(pairs, members) %}
    with recursive steps as (
        select record_key, other_key from {{ pairs }}
        union
        select other_key as record_key, record_key as other_key from {{ pairs }}
    ),

    reached as (
        select record_key, record_key as reached_key from steps
        union
        select reached.record_key, steps.other_key as reached_key
        from reached
        inner join steps on reached.reached_key = steps.record_key
    ),

    ranked as (
        select
            reached.record_key,
            reached.reached_key as founder_key,
            row_number() over (
                partition by reached.record_key order by members.seniority nulls last, reached.reached_key
            ) as place
        from reached
        inner join {{ members }} as members on reached.reached_key = members.record_key
    )

    select record_key, founder_key from ranked where place = 1
{% endmacro %}
