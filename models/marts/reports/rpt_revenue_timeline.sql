-- One row per location, till and month with sales: one continuous history over all tills. The
-- handoff is the first day of the next till; overlap and gap are the days both or neither sold,
-- double counts among them: they show when both tills were in use. Sales without a location have no
-- handoff.
with daily_sales as (
    select * from {{ ref('fct_daily_sales') }}
),

transactions as (
    select * from {{ ref('fct_transactions') }}
    where is_revenue
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

locations as (
    select * from {{ ref('dim_locations') }}
),

monthly as (
    select
        account_id,
        location_key,
        currency,
        cast(date_trunc('month', business_date) as date) as month_start,
        sum(net_sales) as net_sales,
        sum(transactions) as transactions
    from daily_sales
    group by account_id, location_key, currency, cast(date_trunc('month', business_date) as date)
),

spans as (
    select
        business_id,
        account_id,
        location_key,
        min(business_date) as first_sale_on,
        max(business_date) as last_sale_on
    from transactions
    group by business_id, account_id, location_key
),

handoffs as (
    select
        spans.*,
        case
            when location_key is not null
                then
                    lead(first_sale_on) over (
                        partition by business_id, location_key order by first_sale_on, account_id
                    )
        end as handoff_on
    from spans
),

described as (
    select
        accounts.business_id,
        locations.location_name,
        accounts.till_name,
        monthly.account_id,
        monthly.month_start,
        monthly.currency,
        cast(monthly.net_sales as numeric(18, 5)) as net_sales,
        cast(monthly.transactions as bigint) as transactions,
        handoffs.first_sale_on,
        handoffs.last_sale_on,
        handoffs.handoff_on,
        cast(
            greatest({{ days_between('handoffs.handoff_on', 'handoffs.last_sale_on') }} + 1, 0)
            as integer
        ) as overlap_days,
        cast(
            greatest({{ days_between('handoffs.last_sale_on', 'handoffs.handoff_on') }} - 1, 0)
            as integer
        ) as gap_days
    from monthly
    inner join handoffs
        on monthly.account_id = handoffs.account_id
        and (
            monthly.location_key = handoffs.location_key
            or (monthly.location_key is null and handoffs.location_key is null)
        )
    inner join accounts on monthly.account_id = accounts.account_id
    left join locations on monthly.location_key = locations.location_key
)

select * from described
