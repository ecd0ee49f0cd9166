-- One row per two products or customers that only a person can tell apart: the review workbook.
-- Decided pairs are not asked again, unsure ones neither.
with product_evidence as (
    select * from {{ ref('product_link_evidence') }}
    where band = 'review' and decision is null
),

customer_evidence as (
    select * from {{ ref('customer_link_evidence') }}
    where band = 'review' and decision is null
),

sales as (
    select * from {{ ref('fct_sales') }}
    where is_counted and is_net_sales
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

evidence as (
    select
        'product' as entity, business_id, account_id, product_id as record_id,
        account_product_key as record_key, product_name as record_name, other_account_id,
        other_product_id as other_record_id, other_account_product_key as other_key,
        other_product_name as other_name, score, is_linked, evidence_rank, field, value,
        other_value, outcome, weight
    from product_evidence
    union all
    select
        'customer' as entity, business_id, account_id, customer_id as record_id,
        account_customer_key as record_key, full_name as record_name, other_account_id,
        other_customer_id as other_record_id, other_account_customer_key as other_key,
        other_full_name as other_name, score, is_linked, evidence_rank, field, value,
        other_value, outcome, weight
    from customer_evidence
),

sold as (
    select account_product_key as record_key, sum(net_amount) as net_sales
    from sales
    group by account_product_key
    union all
    select account_customer_key as record_key, sum(net_amount) as net_sales
    from sales
    group by account_customer_key
),

pairs as (
    select
        entity, business_id, account_id, record_id, record_key, record_name, other_account_id,
        other_record_id, other_key, other_name, score, is_linked,
        string_agg(
            case
                when coalesce(value, other_value) is not null
                    then field || ': ' || coalesce(value, '-')
            end,
            chr(10) order by evidence_rank, field
        ) as facts,
        string_agg(
            case
                when coalesce(value, other_value) is not null
                    then field || ': ' || coalesce(other_value, '-')
            end,
            chr(10) order by evidence_rank, field
        ) as other_facts,
        string_agg(
            field || ': ' || outcome
            || coalesce(
                ' (' || case when weight > 0 then '+' else '' end
                || cast(cast(weight as numeric(9, 1)) as varchar) || ')', ''
            ),
            chr(10) order by evidence_rank, field
        ) as comparison
    from evidence
    group by
        entity, business_id, account_id, record_id, record_key, record_name, other_account_id,
        other_record_id, other_key, other_name, score, is_linked
),

described as (
    select
        pairs.entity, pairs.business_id,
        coalesce(one_sold.net_sales, 0) + coalesce(two_sold.net_sales, 0) as net_sales,
        pairs.score, pairs.is_linked, one_till.till_name, pairs.account_id, pairs.record_id,
        pairs.record_key, pairs.record_name, pairs.facts, two_till.till_name as other_till_name,
        pairs.other_account_id, pairs.other_record_id, pairs.other_key, pairs.other_name,
        pairs.other_facts, pairs.comparison
    from pairs
    inner join accounts as one_till on pairs.account_id = one_till.account_id
    inner join accounts as two_till on pairs.other_account_id = two_till.account_id
    left join sold as one_sold on pairs.record_key = one_sold.record_key
    left join sold as two_sold on pairs.other_key = two_sold.record_key
),

typed as (
    select
        cast(entity as varchar) as entity,
        business_id,
        cast(net_sales as numeric(18, 5)) as net_sales,
        score,
        is_linked,
        till_name,
        account_id,
        record_id,
        record_key,
        cast(record_name as varchar) as record_name,
        cast(facts as varchar) as facts,
        other_till_name,
        other_account_id,
        other_record_id,
        other_key,
        cast(other_name as varchar) as other_name,
        cast(other_facts as varchar) as other_facts,
        cast(comparison as varchar) as comparison
    from described
)

select * from typed
