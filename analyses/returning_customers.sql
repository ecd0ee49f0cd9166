-- Do customers come back? Of those who first bought in a quarter, in whichever till: how many ever
-- bought again, and how many more than 90 days later. Young quarters have had less time.
with sales as (
    select * from {{ ref('fct_transactions') }}
    where is_counted and customer_key is not null and total_amount > 0
),

customers as (
    select
        business_id,
        customer_key,
        min(business_date) as first_on,
        max(business_date) as last_on
    from sales
    group by business_id, customer_key
),

quarters as (
    select
        business_id,
        cast(date_trunc('quarter', first_on) as date) as first_quarter,
        count(*) as new_customers,
        sum(case when last_on > first_on then 1 else 0 end) as came_back,
        sum(
            case when {{ days_between('first_on', 'last_on') }} > 90 then 1 else 0 end
        ) as came_back_after_90_days
    from customers
    group by business_id, cast(date_trunc('quarter', first_on) as date)
)

select * from quarters
order by business_id, first_quarter
