-- One row per business, kind of record and currency: how many products (customers) are linked over
-- the tills, wait for a person or stand alone, and how much was sold of each.
with product_links as (
    select * from {{ ref('product_links') }}
),

customer_links as (
    select * from {{ ref('customer_links') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

reviews as (
    select * from {{ ref('rpt_match_review') }}
),

ignored_values as (
    select * from {{ ref('fct_ignored_values') }}
),

sales as (
    select * from {{ ref('fct_sales') }}
    where is_counted and is_net_sales
),

records as (
    select
        'product' as entity, business_id, account_id, account_product_key as record_key,
        match_state, is_conflict
    from product_links
    union all
    select
        'customer' as entity, business_id, account_id, account_customer_key as record_key,
        match_state, is_conflict
    from customer_links
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

measured as (
    select
        records.*,
        accounts.currency,
        coalesce(sold.net_sales, 0) as net_sales
    from records
    inner join accounts on records.account_id = accounts.account_id
    left join sold on records.record_key = sold.record_key
),

asked as (
    select
        reviews.business_id,
        reviews.entity,
        accounts.currency,
        count(*) as open_questions
    from reviews
    inner join accounts on reviews.account_id = accounts.account_id
    group by reviews.business_id, reviews.entity, accounts.currency
),

ignored as (
    select
        business_id,
        entity,
        count(*) as ignored_values
    from ignored_values
    group by business_id, entity
),

summed as (
    select
        measured.business_id,
        cast(measured.entity as varchar) as entity,
        measured.currency,
        cast(count(distinct measured.account_id) as bigint) as accounts,
        cast(count(*) as bigint) as records,
        cast(
            sum(case when measured.match_state = 'linked' then 1 else 0 end) as bigint
        ) as linked_records,
        cast(
            sum(case when measured.match_state = 'in_review' then 1 else 0 end) as bigint
        ) as in_review_records,
        cast(
            sum(case when measured.match_state = 'unlinked' then 1 else 0 end) as bigint
        ) as unlinked_records,
        cast(sum(measured.net_sales) as numeric(18, 5)) as net_sales,
        cast(
            sum(
                case when measured.match_state = 'linked' then measured.net_sales else 0 end
            ) as numeric(18, 5)
        ) as linked_net_sales,
        cast(
            sum(
                case when measured.match_state = 'in_review' then measured.net_sales else 0 end
            ) as numeric(18, 5)
        ) as in_review_net_sales,
        cast(
            sum(
                case when measured.match_state = 'unlinked' then measured.net_sales else 0 end
            ) as numeric(18, 5)
        ) as unlinked_net_sales,
        cast(max(coalesce(asked.open_questions, 0)) as bigint) as open_questions,
        cast(sum(case when measured.is_conflict then 1 else 0 end) as bigint) as conflicts,
        cast(max(coalesce(ignored.ignored_values, 0)) as bigint) as ignored_values
    from measured
    left join asked
        on measured.business_id = asked.business_id
        and measured.entity = asked.entity
        and measured.currency = asked.currency
    left join ignored
        on measured.business_id = ignored.business_id and measured.entity = ignored.entity
    group by measured.business_id, measured.entity, measured.currency
)

select * from summed
