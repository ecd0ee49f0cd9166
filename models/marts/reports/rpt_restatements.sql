-- One row per business day that changed within the last 30 days after it had been published: what
-- it was before, and what it is now. For the page of the report.
with restatements as (
    select * from {{ ref('fct_restatements') }}
),

published as (
    select max(published_on) as latest_on from {{ ref('fct_published_sales') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

locations as (
    select * from {{ ref('dim_locations') }}
),

recent as (
    select
        restatements.*,
        row_number() over (
            partition by restatements.daily_sales_key order by restatements.run_number
        ) as first_first,
        row_number() over (
            partition by restatements.daily_sales_key order by restatements.run_number desc
        ) as last_first
    from restatements
    cross join published
    where {{ days_between('restatements.restated_on', 'published.latest_on') }} <= 30
),

summed as (
    select
        daily_sales_key,
        account_id,
        location_key,
        business_date,
        currency,
        max(restated_on) as restated_on,
        sum(case when first_first = 1 then total_amount_before else 0 end) as total_before,
        sum(case when last_first = 1 then total_amount_after else 0 end) as total_after,
        sum(sales_new) as sales_new,
        sum(sales_changed) as sales_changed,
        sum(sales_gone) as sales_gone,
        sum(sales_moved) as sales_moved
    from recent
    group by daily_sales_key, account_id, location_key, business_date, currency
),

described as (
    select
        summed.daily_sales_key,
        accounts.business_id,
        summed.account_id,
        accounts.till_name,
        locations.location_name,
        summed.currency,
        summed.business_date,
        summed.restated_on,
        cast(summed.total_before as numeric(18, 5)) as total_amount_before,
        cast(summed.total_after as numeric(18, 5)) as total_amount_after,
        cast(summed.sales_new as bigint) as sales_new,
        cast(summed.sales_changed as bigint) as sales_changed,
        cast(summed.sales_gone as bigint) as sales_gone,
        cast(summed.sales_moved as bigint) as sales_moved
    from summed
    left join accounts on summed.account_id = accounts.account_id
    left join locations on summed.location_key = locations.location_key
    where summed.total_before <> summed.total_after
)

select * from described
