{#-
    A select of the clusters that scored pairs form: record_no, founder_no (the cluster's lowest
    record_no), for each record that shares its cluster with another.

    Average linkage: two clusters merge when each is the other's best and the mean score over all
    pairs of their members is at least `threshold` (ten-thousandths); a pair that is not in `pairs`
    counts 0. So nothing chains: A=B and B=C with A unlike C stay apart. Each round merges all
    mutually best clusters at once; ties are broken by a number mixed from both records, so that
    many equal records merge in few rounds.

    `pairs`: record_no, other_no (whole numbers, the lower the more senior, each two records once;
    only pairs of one business), points (the score in ten-thousandths, 0 to 10000), decision (a
    person's: same, different or null). `same` outweighs every score, `different` every `same`.

    `accounts`: with a relation of record_no, account_id, a cluster holds at most one record of an
    account, save records whose own pair reaches the threshold.

    Steps are `materialized`: both engines would otherwise work out every round again in the next.
    A model that calls this has the pre-hook `no_nested_loops`.
-#}
{% macro linked_clusters(pairs, threshold, rounds=16, accounts=none) %}
    with weighed as materialized (
        select
            least(pairs.record_no, pairs.other_no) as one_no,
            greatest(pairs.record_no, pairs.other_no) as two_no,
            {#- decisions: weights that no mean of scores, nor of the weaker kind, can offset #}
            cast(
                case pairs.decision
                    when 'different' then -10000000000000
                    when 'same' then 10000000000
                    else pairs.points
                end as bigint
            ) as points,
            {%- if accounts is none %}
            cast(0 as bigint) as allowed
            {%- else %}
            cast(
                case
                    when one.account_id = two.account_id
                        and (pairs.points >= {{ threshold }} or pairs.decision = 'same')
                    then 1
                    else 0
                end as bigint
            ) as allowed
            {%- endif %}
        from {{ pairs }} as pairs
        {%- if accounts is not none %}
        inner join {{ accounts }} as one on pairs.record_no = one.record_no
        inner join {{ accounts }} as two on pairs.other_no = two.record_no
        {%- endif %}
    ),

    members_0 as materialized (
        select one_no as record_no, one_no as cluster_no from weighed where points >= {{ threshold }}
        union
        select two_no as record_no, two_no as cluster_no from weighed where points >= {{ threshold }}
    ),

    edges_0 as materialized (
        select one_no, two_no, points, allowed from weighed
    ),

    {% for round in range(1, rounds + 1) -%}
        {{ merging_round(round, threshold, accounts) }},

    {% endfor -%}
    counted as (
        select
            record_no,
            cluster_no as founder_no,
            count(*) over (partition by cluster_no) as size
        from members_{{ rounds }}
    )

    select record_no, founder_no from counted where size > 1
{% endmacro %}

{#- One round: members and edges of `round` from those of the round before. -#}
{% macro merging_round(round, threshold, accounts) %}
    {%- set before = round - 1 -%}
    sizes_{{ round }} as materialized (
        select cluster_no, cast(count(*) as bigint) as size
        from members_{{ before }}
        group by cluster_no
    ),

    mergeable_{{ round }} as materialized (
        select
            edges.one_no,
            edges.two_no,
            {{ whole_part('edges.points * 100', 'one.size * two.size') }} as mean,
            edges.allowed,
            ((edges.one_no * 7919 % 1000003) * (edges.two_no * 104729 % 1000003)) % 1000003
                as mixed
        from edges_{{ before }} as edges
        inner join sizes_{{ round }} as one on edges.one_no = one.cluster_no
        inner join sizes_{{ round }} as two on edges.two_no = two.cluster_no
        where edges.points >= one.size * two.size * {{ threshold }}
    ),

    {% if accounts is not none -%}
    {{ sharing_accounts(round, accounts) }},

    {% endif -%}
    ranked_{{ round }} as (
        select
            here_no,
            there_no,
            row_number() over (
                partition by here_no order by mean desc, mixed, one_no, two_no
            ) as place
        from (
            select one_no as here_no, two_no as there_no, mean, mixed, one_no, two_no
            from {{ 'mergeable_' if accounts is none else 'unclashing_' }}{{ round }}
            union all
            select two_no as here_no, one_no as there_no, mean, mixed, one_no, two_no
            from {{ 'mergeable_' if accounts is none else 'unclashing_' }}{{ round }}
        ) as sides
    ),

    best_{{ round }} as materialized (
        select here_no, there_no from ranked_{{ round }} where place = 1
    ),

    {#- what is left out of `moves` has no partner any more, and a mean never rises #}
    moves_{{ round }} as materialized (
        select
            here.here_no as cluster_no,
            case
                when here.here_no = there.there_no then least(here.here_no, here.there_no)
                else here.here_no
            end as into_no
        from best_{{ round }} as here
        inner join best_{{ round }} as there on here.there_no = there.here_no
    ),

    members_{{ round }} as materialized (
        select members.record_no, coalesce(moves.into_no, members.cluster_no) as cluster_no
        from members_{{ before }} as members
        left join moves_{{ round }} as moves on members.cluster_no = moves.cluster_no
    ),

    {#- apart from the next step: `<>` between the two would be taken for a join of its own #}
    moved_{{ round }} as materialized (
        select
            least(one.into_no, two.into_no) as one_no,
            greatest(one.into_no, two.into_no) as two_no,
            edges.points,
            edges.allowed
        from edges_{{ before }} as edges
        inner join moves_{{ round }} as one on edges.one_no = one.cluster_no
        inner join moves_{{ round }} as two on edges.two_no = two.cluster_no
    ),

    edges_{{ round }} as materialized (
        select
            one_no,
            two_no,
            cast(sum(points) as bigint) as points,
            cast(sum(allowed) as bigint) as allowed
        from moved_{{ round }}
        where one_no <> two_no
        group by one_no, two_no
    )
{%- endmacro %}

{#- Of the mergeable edges those whose clusters share no account, but by pairs that are linked. -#}
{% macro sharing_accounts(round, accounts) %}
    held_{{ round }} as materialized (
        select members.cluster_no, accounts.account_id, cast(count(*) as bigint) as size
        from members_{{ round - 1 }} as members
        inner join {{ accounts }} as accounts on members.record_no = accounts.record_no
        group by members.cluster_no, accounts.account_id
    ),

    sides_{{ round }} as materialized (
        select edges.one_no, edges.two_no, held.account_id, held.size
        from mergeable_{{ round }} as edges
        inner join held_{{ round }} as held on edges.one_no = held.cluster_no
    ),

    clashes_{{ round }} as materialized (
        select here.one_no, here.two_no, cast(sum(here.size * there.size) as bigint) as pairs
        from sides_{{ round }} as here
        inner join held_{{ round }} as there
            on here.two_no = there.cluster_no and here.account_id = there.account_id
        group by here.one_no, here.two_no
    ),

    unclashing_{{ round }} as (
        select edges.one_no, edges.two_no, edges.mean, edges.mixed
        from mergeable_{{ round }} as edges
        left join clashes_{{ round }} as clashes
            on edges.one_no = clashes.one_no and edges.two_no = clashes.two_no
        where coalesce(clashes.pairs, 0) = edges.allowed
    )
{%- endmacro %}
