-- What: the decisions in seeds/mapping/double_count_decisions.csv agree on each pair of sales;
-- where they do not, the one with the later decided_on stands.
-- When it fails: two lines on one pair say different things with the same date or with none. Until
-- it is mended one sale of the pair counts, the earlier till's.
-- What to do: delete the wrong one of the lines below, or give the right one the later date.
with decisions as (
    select
        account_id,
        sale_id,
        other_account_id,
        other_sale_id,
        decision,
        decided_on,
        account_id || '|' || sale_id as sale,
        other_account_id || '|' || other_sale_id as other_sale
    from {{ ref('double_count_decisions') }}
),

double_counts as (
    select
        account_id || '|' || sale_id as sale,
        other_account_id || '|' || other_sale_id as other_sale
    from {{ ref('fct_double_counts') }}
),

of_known_sales as (
    select
        decisions.*,
        {{ to_date('decided_on') }} as decided_day,
        least(decisions.sale, decisions.other_sale) as one_of_pair,
        greatest(decisions.sale, decisions.other_sale) as two_of_pair,
        case when decisions.decision = 'excluded' then decisions.sale else '' end as left_out
    from decisions
    where
        exists (
            select 1 from double_counts
            where double_counts.sale in (decisions.sale, decisions.other_sale)
                and double_counts.other_sale in (decisions.sale, decisions.other_sale)
        )
),

ranked as (
    select
        of_known_sales.*,
        rank() over (
            partition by one_of_pair, two_of_pair order by decided_day desc nulls last
        ) as latest_first
    from of_known_sales
),

latest as (
    select
        ranked.*,
        min(left_out) over (partition by one_of_pair, two_of_pair)
        <> max(left_out) over (partition by one_of_pair, two_of_pair) as is_contradicted
    from ranked
    where latest_first = 1
),

contradicting as (
    select
        account_id,
        sale_id,
        other_account_id,
        other_sale_id,
        decision,
        decided_on
    from latest
    where is_contradicted
)

select * from contradicting
