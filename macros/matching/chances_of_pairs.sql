{#-
    A select of competing pairs (macro competing_pairs) with the chance that each is right, in
    ten-thousandths: `chance`, and `wary_chance`, the chance if the two tills had nothing in common.

    All matches, and as many wrong ones as there would be among them, stand in one order of `settled`.
    Among the nearest 2h + 1 (h: a twelfth of the matches, at least 12, at most 80) the share of wrong
    ones is the doubt; it never falls with a lower score. What wrong ones look like is known from
    second best matches (right where most have their match) and from matches in the own till (right
    where few have), half and half; `wary`: from the own till alone. How many there are: as many as it takes to explain the matches below their median.
    A small till says little: `usual_doubts` matches' worth of doubt is the usual one,
    1 / (1 + e^(settled - 6.5)), and a nat later for `wary`. Origin of a twelfth, 12, 80 and 6.5: tried
    as the usual doubts were (DECISIONS, "Small tills lean on what is usual").
#}
{% macro chances_of_pairs(pairs, usual_doubts) %}
    with counted as (
        select
            business_id,
            sum(case when part = 'match' then 1 else 0 end) as matches,
            sum(case when part = 'second' then 1 else 0 end) as seconds,
            sum(case when part = 'own_till' then 1 else 0 end) as own_tills
        from {{ pairs }}
        group by business_id
    ),

    weighed as (
        select
            pairs.*,
            counted.matches,
            case when part = 'match' then 1 else 0 end as is_match,
            {#- second best and own till count alike; all of one where the other lacks #}
            case
                when part = 'second' then case when own_tills = 0 then 1 else own_tills end
                when part = 'own_till' then case when seconds = 0 then 1 else seconds end
                else 0
            end as wrong,
            case when part = 'own_till' then 1 else 0 end as wary_wrong
        from {{ pairs }} as pairs
        inner join counted on pairs.business_id = counted.business_id
    ),

    ordered as (
        select
            weighed.*,
            sum(wrong) over (partition by business_id) as all_wrong,
            sum(wary_wrong) over (partition by business_id) as all_wary_wrong,
            sum(wrong) over ({{ from_the_top() }}) as wrong_above,
            sum(wary_wrong) over ({{ from_the_top() }}) as wary_wrong_above,
            sum(is_match) over ({{ from_the_top() }}) as matches_above,
            sum(case when part is null then 0 else 1 end) over ({{ from_the_top() }}) as place
        from weighed
    ),

    below_the_middle as (
        select
            business_id,
            sum(case when 2 * wrong_above >= all_wrong then is_match else 0 end) as matches_below,
            sum(case when 2 * wary_wrong_above >= all_wary_wrong then is_match else 0 end)
                as wary_matches_below,
            max(place) as places
        from ordered
        group by business_id
    ),

    scaled as (
        select
            ordered.*,
            below_the_middle.places,
            least(greatest({{ whole_part('ordered.matches', '12') }}, 12), 80) as reach,
            {#- wrong ones among the matches, of each that is known #}
            {{ wrong_ones_each('matches_below', 'all_wrong') }} as each,
            {{ wrong_ones_each('wary_matches_below', 'all_wary_wrong') }} as wary_each
        from ordered
        inner join below_the_middle on ordered.business_id = below_the_middle.business_id
    ),

    corners as (
        select business_id, place, wrong_above, wary_wrong_above, matches_above
        from ordered
        where part is not null
    ),

    doubted as (
        select
            scaled.record_no,
            scaled.other_no,
            {{ doubt('wrong_above', 'each', even_at=65000, usual_doubts=usual_doubts) }} as doubt,
            {{ doubt('wary_wrong_above', 'wary_each', even_at=75000, usual_doubts=usual_doubts) }}
                as wary_doubt
        from scaled
        inner join corners as low
            on scaled.business_id = low.business_id
            and least(scaled.place + scaled.reach, scaled.places) = low.place
        left join corners as high
            on scaled.business_id = high.business_id
            and scaled.place - scaled.reach - 1 = high.place
        where scaled.part is not null
    ),

    believed as (
        select
            ordered.record_no,
            ordered.other_no,
            ordered.business_id,
            ordered.account_rank,
            ordered.other_rank,
            ordered.score,
            ordered.settled,
            ordered.part,
            10000 - coalesce(max(doubted.doubt) over scores_down_to, 0) as chance,
            10000 - coalesce(max(doubted.wary_doubt) over scores_down_to, 0) as wary_chance
        from ordered
        left join doubted
            on ordered.record_no = doubted.record_no and ordered.other_no = doubted.other_no
        {#- equal scores, equal chances, whichever till is the older #}
        window
            scores_down_to as (partition by ordered.business_id order by ordered.settled desc)
    )

    select * from believed
{% endmacro %}

{#- Equal scores by their part, so that how many stand above tells nothing of any order of rows. -#}
{% macro from_the_top() -%}
    partition by business_id
    order by
        settled desc,
        case part when 'own_till' then 0 when 'second' then 1 when 'match' then 2 else 3 end,
        record_no,
        other_no
{%- endmacro %}

{#- Wrong ones to expect among the matches for each one known: at most as many as matches. -#}
{% macro wrong_ones_each(matches_below, all_wrong) -%}
    coalesce({{ quotient(
        'matches * least(1, ' ~ quotient(matches_below ~ ' + 1', '0.5 * matches + 1') ~ ')', all_wrong
    ) }}, 0)
{%- endmacro %}

{#- The share of wrong ones near a pair, with a small till's usual doubt, in ten-thousandths. -#}
{% macro doubt(wrong_above, each, even_at, usual_doubts) -%}
    {%- set wrong_near = 'low.' ~ wrong_above ~ ' - coalesce(high.' ~ wrong_above ~ ', 0)' -%}
    {%- set wrong = 'scaled.' ~ each ~ ' * cast(' ~ wrong_near ~ ' as double precision)' -%}
    {%- set matches = 'low.matches_above - coalesce(high.matches_above, 0)' -%}
    {{ points(quotient(
        'scaled.matches * least(1, coalesce(' ~ quotient(wrong, matches) ~ ', 1)) + '
        ~ usual_doubts ~ ' * ' ~ quotient('1', '1 + ' ~ e_to_the('settled - ' ~ even_at)),
        'scaled.matches + ' ~ usual_doubts
    )) }}
{%- endmacro %}
