-- One row per day, from the year of the first sale to the end of the year of the last one. A date
-- of a till lies in 1900 to 2199 (to_timestamp); its time zone may move it over the edge by a day.
with sales as (
    select * from {{ ref('int_sales') }}
),

days as (
    {{ dbt_utils.date_spine(
        datepart='day',
        start_date="cast('1899-01-01' as date)",
        end_date="cast('2201-01-01' as date)"
    ) }}
),

span as (
    select
        min(extract(year from business_date)) as first_year,
        max(extract(year from business_date)) as last_year
    from sales
),

described as (
    select
        cast(days.date_day as date) as date_day,
        cast(extract(year from days.date_day) as integer) as year_number,
        cast(extract(quarter from days.date_day) as integer) as quarter_number,
        cast(extract(month from days.date_day) as integer) as month_number,
        cast(date_trunc('month', days.date_day) as date) as month_start,
        cast(date_trunc('week', days.date_day) as date) as week_start,
        cast(extract(isodow from days.date_day) as integer) as iso_weekday
    from days
    cross join span
    where extract(year from days.date_day) between span.first_year and span.last_year
)

select * from described
