{#-
    A select of scored pairs with what competition leaves of their scores, and the part each plays.

    `scored`: record_no, other_no, business_id, account_rank, other_rank, score (ten-thousandths of a
    nat); pairs of one till stand both ways round. Adds
    - settled: score less half of ln(1 + sum of e^score over the rivals on both sides): who has an
      equally good partner elsewhere in that till is half as sure;
    - part: `match`, each the other's best in that till; `second`, the same when the matches are
      taken away (how alike wrong ones look, where the right one is found); `own_till`, the best of
      the own till (how alike two different products look); null, no one's best.
#}
{% macro competing_pairs(scored) %}
    with bounded as (
        select
            pairs.*,
            least(greatest(pairs.score, -300000), 600000) as bounded_score
        from {{ scored }} as pairs
    ),

    topped as (
        select
            bounded.*,
            max(bounded_score) over (partition by record_no, other_rank) as top,
            max(bounded_score) over (partition by other_no, account_rank) as other_top
        from bounded
    ),

    shared_out as (
        select
            topped.*,
            {{ billionths_of_e('bounded_score - top') }} as part_of_top,
            {{ billionths_of_e('bounded_score - other_top') }} as part_of_other_top
        from topped
    ),

    summed as (
        select
            shared_out.*,
            sum(part_of_top) over (partition by record_no, other_rank) - part_of_top as rivals,
            sum(part_of_other_top) over (partition by other_no, account_rank) - part_of_other_top
                as other_rivals
        from shared_out
    ),

    lowered as (
        select
            summed.*,
            score - {{ points(
                'ln(1 + ' ~ e_to_the('top') ~ ' * 0.000000001 * cast(rivals as double precision) + '
                ~ e_to_the('other_top') ~ ' * 0.000000001 * cast(other_rivals as double precision))'
            ) }} as lowered_score
        from summed
    ),

    ranked as (
        select
            lowered.*,
            row_number() over (
                partition by record_no, other_rank order by lowered_score desc, other_no
            ) as place,
            row_number() over (
                partition by other_no, account_rank order by lowered_score desc, record_no
            ) as other_place
        from lowered
    ),

    matched as (
        select
            ranked.*,
            case when place = 1 and other_place = 1 then 1 else 0 end as is_best
        from ranked
    ),

    ranked_again as (
        select
            matched.*,
            row_number() over (
                partition by record_no, other_rank, is_best order by lowered_score desc, other_no
            ) as second_place,
            row_number() over (
                partition by other_no, account_rank, is_best order by lowered_score desc, record_no
            ) as other_second_place
        from matched
    )

    select
        record_no,
        other_no,
        business_id,
        account_rank,
        other_rank,
        score,
        {{ half_of('score + lowered_score') }} as settled,
        case
            when account_rank = other_rank
                then case when is_best = 1 and record_no > other_no then 'own_till' end
            when is_best = 1 then 'match'
            when second_place = 1 and other_second_place = 1 then 'second'
        end as part
    from ranked_again
{% endmacro %}

{#- e to the power of ten-thousandths, as a double. -#}
{% macro e_to_the(ten_thousandths) -%}
    exp(0.0001 * cast({{ ten_thousandths }} as double precision))
{%- endmacro %}

{#- The same as whole billionths, for exact sums; of powers up to 0. -#}
{% macro billionths_of_e(ten_thousandths) -%}
    cast(floor(1000000000 * {{ e_to_the(ten_thousandths) }} + 0.5) as bigint)
{%- endmacro %}

{#- Half of a whole number, rounded down. -#}
{% macro half_of(whole) -%}
    cast(floor(0.5 * cast({{ whole }} as double precision)) as bigint)
{%- endmacro %}
