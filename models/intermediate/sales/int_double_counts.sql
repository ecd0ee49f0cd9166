{{ config(materialized='table') }}
-- One row per pair of sales that two accounts of one business seem to hold both. `sale_id` is the
-- copy, `other_sale_id` the one that stays (of the business's earlier till).
-- exact_copy: same receipt number, moment, lines, quantity and total; left out of every total.
-- similar: same place and total within a quarter of an hour; a person decides.
-- person: the seed double_count_decisions, which wins over both. Of several decisions on one pair
-- the later stands; without dates one sale is left out, the later till's: never both.
with sales as (
    select * from {{ ref('int_sales') }}
    where is_revenue
),

decisions as (
    select * from {{ ref('double_count_decisions') }}
),

exact_copies as (
    select * from {{ ref('int_exact_copies') }}
),

near_pairs as (
    select
        later.sale_key,
        earlier.sale_key as other_sale_key,
        row_number() over (
            partition by later.sale_key
            order by {{ seconds_apart('later.sold_at', 'earlier.sold_at') }}, earlier.sale_key
        ) as rank_of_other,
        row_number() over (
            partition by earlier.sale_key
            order by {{ seconds_apart('later.sold_at', 'earlier.sold_at') }}, later.sale_key
        ) as rank_of_copy
    from sales as later
    inner join sales as earlier
        on later.business_id = earlier.business_id
        and later.location_key = earlier.location_key
        and later.business_date = earlier.business_date
        and later.total_amount = earlier.total_amount
        and later.quantity = earlier.quantity
    where later.account_rank > earlier.account_rank
        and later.total_amount <> 0
        and later.sold_at >= earlier.sold_at - interval '15 minutes'
        and later.sold_at <= earlier.sold_at + interval '15 minutes'
        and later.sale_key not in (select copies.sale_key from exact_copies as copies)
        and earlier.sale_key not in (select copies.other_sale_key from exact_copies as copies)
),

ranked_decisions as (
    select
        copies.sale_key,
        others.sale_key as other_sale_key,
        decisions.decision,
        decisions.reason,
        row_number() over (
            partition by
                least(copies.sale_key, others.sale_key), greatest(copies.sale_key, others.sale_key)
            order by
                {{ to_date('decisions.decided_on') }} desc nulls last,
                case when decisions.decision = 'excluded' then 0 else 1 end,
                copies.account_rank desc,
                copies.sale_key
        ) as latest_first
    from decisions
    inner join sales as copies
        on decisions.account_id = copies.account_id and decisions.sale_id = copies.sale_id
    inner join sales as others
        on decisions.other_account_id = others.account_id
        and decisions.other_sale_id = others.sale_id
    where copies.sale_key <> others.sale_key
),

decided as (
    select sale_key, other_sale_key, 'person' as method, decision, reason
    from ranked_decisions
    where latest_first = 1
),

found as (
    select
        sale_key,
        other_sale_key,
        'exact_copy' as method,
        'excluded' as decision,
        'the same sale in every respect' as reason
    from exact_copies
    union all
    select
        sale_key,
        other_sale_key,
        'similar' as method,
        'undecided' as decision,
        'same place and total within 15 minutes: say in the seed double_count_decisions' as reason
    from near_pairs
    where rank_of_other = 1 and rank_of_copy = 1
),

pairs as (
    select sale_key, other_sale_key, method, decision, reason
    from found
    where
        not exists (
            select 1 from decided
            where found.sale_key in (decided.sale_key, decided.other_sale_key)
                and found.other_sale_key in (decided.sale_key, decided.other_sale_key)
        )
    union all
    select sale_key, other_sale_key, method, decision, reason from decided
),

described as (
    select
        pairs.sale_key,
        pairs.other_sale_key,
        copies.account_id,
        copies.sale_id,
        others.account_id as other_account_id,
        others.sale_id as other_sale_id,
        copies.business_id,
        copies.business_date,
        copies.receipt_number,
        copies.currency,
        copies.line_count,
        copies.total_amount,
        cast(pairs.method as varchar) as method,
        cast(pairs.decision as varchar) as decision,
        cast(pairs.reason as varchar) as reason
    from pairs
    inner join sales as copies on pairs.sale_key = copies.sale_key
    inner join sales as others on pairs.other_sale_key = others.sale_key
)

select * from described
