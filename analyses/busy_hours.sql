-- When is the shop busy? Sales and net sales by weekday and hour, on the clock of the place, over
-- the last 52 weeks with sales: what a roster is made from.
with sales as (
    select * from {{ ref('fct_transactions') }}
    where is_counted
),

days as (
    select * from {{ ref('dim_dates') }}
),

locations as (
    select * from {{ ref('dim_locations') }}
),

last_days as (
    select
        location_key,
        max(business_date) as last_sale_on
    from sales
    group by location_key
),

by_hour as (
    select
        locations.business_id,
        locations.location_name,
        days.iso_weekday,
        cast(extract(hour from sales.sold_local_at) as integer) as hour_of_day,
        sales.currency,
        count(*) as transactions,
        sum(sales.net_amount) as net_amount
    from sales
    inner join last_days on sales.location_key = last_days.location_key
    inner join locations on sales.location_key = locations.location_key
    inner join days on sales.business_date = days.date_day
    where {{ days_between('sales.business_date', 'last_days.last_sale_on') }} < 364
    group by
        locations.business_id,
        locations.location_name,
        days.iso_weekday,
        cast(extract(hour from sales.sold_local_at) as integer),
        sales.currency
)

select * from by_hour
order by business_id, location_name, currency, iso_weekday, hour_of_day
