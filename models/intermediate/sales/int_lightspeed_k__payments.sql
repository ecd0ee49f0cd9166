{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per payment of a K-Series sale, tip and surcharge included. Payments have ids of their
-- own (their UUID is not unique for split bills); one without goes by its place. It counts when
-- its sale does, and the till's own total holds it on the day whose list names the sale; until one
-- does, that is the day on which it was closed or edited. What the list says was paid for a sale
-- with a tender is compared with all its payments of that tender: the first one differs.
with payments as (
    select
        payments.*,
        coalesce(description, code) as tender_name,
        {{ lightspeed_k_paid() }} as paid
    from {{ ref('stg_lightspeed_k__sale_payments') }} as payments
),

moments as (
    select * from {{ ref('int_lightspeed_k__sale_moments') }}
),

listed_sales as (
    select * from {{ ref('int_lightspeed_k__listed_sales') }}
),

listed as (
    select distinct account_id, sale_id, business_date, extracted_at from listed_sales
),

listed_tenders as (
    select
        listed_sales.account_id,
        listed_sales.sale_id,
        coalesce(payments.description, payments.code) as tender_name,
        sum({{ lightspeed_k_paid() }}) as amount
    from listed_sales
    inner join {{ ref('stg_lightspeed_k__business_day_payments') }} as payments
        on listed_sales._version_id = payments._version_id
        and listed_sales.item_position = payments.parent_position
    group by
        listed_sales.account_id, listed_sales.sale_id, coalesce(payments.description, payments.code)
),

of_tender as (
    select
        payments.*,
        sum(paid) over (partition by _version_id, tender_name) as paid_with_it,
        row_number() over (partition by _version_id, tender_name order by item_position) as place
    from payments
),

translated as (
    select
        payments._version_id,
        payments.account_id,
        cast(payments.record_id as varchar) as sale_id,
        cast(
            coalesce(payments.fisc_id, 'payment') || '|' || cast(payments.item_position as varchar)
            as varchar
        ) as payment_id,
        payments.device_id as register_id,
        cast(null as varchar) as location_id,
        cast(null as varchar) as refunded_payment_id,
        coalesce(listed.business_date, moments.closed_on) as reported_on,
        cast(
            case
                when listed.sale_id is null or payments.place > 1 then payments.paid
                else payments.paid - payments.paid_with_it + coalesce(listed_tenders.amount, 0)
            end as numeric(38, 10)
        ) as reported_amount,
        coalesce(payments.extracted_at > listed.extracted_at, false) as is_changed_since,
        cast(payments.tender_name as varchar) as tender_name,
        coalesce(moments.sold_at, payments.paid_at) as paid_at,
        cast(payments.paid as numeric(38, 10)) as amount
    from of_tender as payments
    inner join moments on payments._version_id = moments._version_id
    left join listed
        on payments.account_id = listed.account_id and payments.record_id = listed.sale_id
    left join listed_tenders
        on payments.account_id = listed_tenders.account_id
        and payments.record_id = listed_tenders.sale_id
        and coalesce(payments.tender_name, '') = coalesce(listed_tenders.tender_name, '')
)

select * from translated
