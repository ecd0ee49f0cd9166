-- One row per location, month and kind of tender.
with payments as (
    select * from {{ ref('fct_payments') }}
    where is_counted
),

locations as (
    select * from {{ ref('dim_locations') }}
),

described as (
    select
        payments.business_id,
        locations.location_name,
        cast(date_trunc('month', payments.business_date) as date) as month_start,
        payments.tender_type,
        payments.currency,
        count(*) as payments,
        cast(sum(payments.amount) as numeric(18, 5)) as amount
    from payments
    left join locations on payments.location_key = locations.location_key
    group by
        payments.business_id,
        locations.location_name,
        cast(date_trunc('month', payments.business_date) as date),
        payments.tender_type,
        payments.currency
)

select * from described
