{{ config(materialized='table') }}
-- One row per value that could not be used and per row that could not be loaded, with its place.
-- Nothing here was lost: the payload is in raw, the row of a file in raw_tillhouse.
with unparsed as (
    {{ union_sources('rejected_records', ['account_id', 'entity', 'record_id', 'field', 'value']) }}
),

files as (
    select * from {{ ref('stg_tillhouse__rejected_records') }}
),

unknown_statuses as (
    select * from {{ ref('int_sales') }}
    where sale_state = 'unknown'
),

odd_dates as (
    select * from {{ ref('int_sales_unioned') }}
    where sold_at is null or sold_at > extracted_at + interval '1 day'
),

payments_alone as (
    select payments.*
    from {{ ref('int_payments') }} as payments
    left join {{ ref('int_sales') }} as sales on payments.sale_key = sales.sale_key
    where sales.sale_key is null
),

all_rejected as (
    select
        account_id,
        entity,
        record_id,
        field,
        value,
        case
            when field = 'payload' then 'the record is not readable JSON; no field of it is used'
            when field = 'quantity x unit_price'
                then 'more than a trillion is no amount; the line counts nothing'
            else 'the value does not parse; the record is used without it'
        end as reason
    from unparsed
    union all
    select
        account_id,
        entity,
        file
        || coalesce(' sheet ' || nullif(sheet, ''), '')
        || coalesce(' row ' || cast(file_row as varchar), '') as record_id,
        coalesce(nullif(field, ''), column_name) as field,
        value,
        reason
    from files
    union all
    select
        account_id,
        'sales' as entity,
        sale_id as record_id,
        'status' as field,
        source_status as value,
        'unknown status, counted as revenue: add it to the seed sale_statuses' as reason
    from unknown_statuses
    union all
    select
        account_id,
        'sales' as entity,
        sale_id as record_id,
        'sold_at' as field,
        cast(sold_at as varchar) as value,
        case
            when sold_at is null
                then 'no readable date; it stands on the day it was opened, changed or first read'
            else 'a date after the day it was read; it counts there. Is the till''s clock wrong?'
        end as reason
    from odd_dates
    union all
    select
        account_id,
        'payments' as entity,
        payment_id as record_id,
        'sale_id' as field,
        sale_id as value,
        'no sale of this id was read; the payment is in the tenders and in no sale' as reason
    from payments_alone
),

typed as (
    select
        cast(account_id as varchar) as account_id,
        cast(entity as varchar) as entity,
        cast(record_id as varchar) as record_id,
        cast(field as varchar) as field,
        cast(value as varchar) as value,
        cast(reason as varchar) as reason
    from all_rejected
)

select * from typed
