{{ config(materialized='table') }}
-- One row per tender. Its type comes from the seed tenders, `other` when that does not know it; its
-- day is that of the payment, or of the sale when the till does not say; so is its place.
with payments as (
    {{ union_sources('payments', [
        '_version_id', 'account_id', 'sale_id', 'payment_id', 'register_id', 'location_id',
        'refunded_payment_id', 'tender_name', 'paid_at', 'reported_on', 'reported_amount',
        'is_changed_since', 'amount'
    ]) }}
),

sales as (
    select * from {{ ref('int_sales') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

locations as (
    select * from {{ ref('int_locations') }}
),

tenders as (
    {{ tender_types() }}
),

placed as (
    select
        payments._version_id,
        payments.account_id,
        payments.sale_id,
        payments.payment_id,
        payments.refunded_payment_id,
        payments.register_id,
        payments.tender_name,
        payments.amount,
        coalesce(tenders.tender_type, 'other') as tender_type,
        coalesce(payments.paid_at, sales.sold_at) as paid_at,
        payments.reported_on,
        payments.reported_amount,
        payments.is_changed_since,
        locations.location_id,
        coalesce(locations.time_zone, accounts.time_zone) as time_zone,
        accounts.day_cutoff_minutes,
        accounts.business_id,
        accounts.currency
    from payments
    inner join accounts on payments.account_id = accounts.account_id
    left join sales
        on payments.account_id = sales.account_id and payments.sale_id = sales.sale_id
    left join locations
        on payments.account_id = locations.account_id
        and coalesce(payments.location_id, sales.location_id) = locations.location_id
    left join tenders on lower(payments.tender_name) = tenders.tender_name
),

conformed as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key(['account_id', 'sale_id', 'payment_id']) }}
            as varchar
        ) as payment_key,
        cast(
            {{ dbt_utils.generate_surrogate_key(['account_id', 'sale_id']) }} as varchar
        ) as sale_key,
        cast(account_id as varchar) as account_id,
        cast(sale_id as varchar) as sale_id,
        cast(payment_id as varchar) as payment_id,
        cast(refunded_payment_id as varchar) as refunded_payment_id,
        cast(business_id as varchar) as business_id,
        cast(location_id as varchar) as location_id,
        cast(register_id as varchar) as register_id,
        cast(tender_name as varchar) as tender_name,
        cast(tender_type as varchar) as tender_type,
        cast(paid_at as timestamp) as paid_at,
        cast({{ to_local('paid_at', 'time_zone') }} as timestamp) as paid_local_at,
        {{ business_date('paid_at', 'time_zone', 'day_cutoff_minutes') }} as business_date,
        cast(reported_on as date) as reported_on,
        cast(reported_amount as numeric(18, 5)) as reported_amount,
        is_changed_since and reported_amount <> amount as is_changed_since,
        cast(currency as varchar) as currency,
        cast(amount as numeric(18, 5)) as amount
    from placed
)

select * from conformed
