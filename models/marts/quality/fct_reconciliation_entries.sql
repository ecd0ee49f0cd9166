-- One row per sale or payment, day and figure that a till reports: what it counts for us, and the
-- known reason for which the till counts it otherwise, if there is one.
{% set key = ['entries.location_key', 'entries.business_date', 'entries.measure', 'entry_id'] %}
{% set of_sale = ['account_id', 'location_key', 'business_date', 'sale_key', 'is_counted'] %}
with totals as (
    select * from {{ ref('int_day_totals') }}
),

days as (
    select
        account_id, location_key, business_date,
        max(covers_until) as covers_until, max(read_at) as read_at
    from totals group by account_id, location_key, business_date
),

places as (
    select account_id, location_key, min(business_date) as first_day from totals
    group by account_id, location_key
),

stated as (
    select account_id, measure from totals
    union
    select account_id, 'tender_rounding' as measure from totals
),

sales as (
    select * from {{ ref('fct_transactions') }}
),

lines as (
    select lines.*
    from {{ ref('fct_sales') }} as lines
    inner join places
        on lines.account_id = places.account_id and lines.location_key = places.location_key
        and lines.business_date >= places.first_day
    where lines.is_revenue and exists (
            select 1 from stated
            where stated.account_id = lines.account_id and stated.measure not like 'tender%'
        )
),

figures as (
    select {{ of_sale | join(', ') }}, {{ day_measure_sums() }}
    from lines
    group by {{ of_sale | join(', ') }}
),

figures_in_rows as (
    {{ one_row_per_column('figures', day_measures().keys(), of_sale) }}
),

payments as (
    select
        payments.*,
        reported.location_key as reported_at_key, reported.reported_on,
        coalesce(reported.reported_amount, payments.amount) as reported_amount,
        reported.reported_amount is not null as is_listed,
        coalesce(
            reported.location_key = payments.location_key
            and reported.reported_on = payments.business_date, false
        ) as is_reported_there,
        case
            when payments.location_key is null then reported.alone_because
            when reported.reported_on is null then 'not in a closed register'
            when reported.reported_on <> payments.business_date then 'another business day'
            when reported.location_key <> payments.location_key then 'another place'
            when reported.is_changed_since then 'changed after closing'
            when reported.reported_amount <> payments.amount then null
            when sales.is_double_count then 'counted in another till'
            else 'sale that does not count'
        end as cause
    from {{ ref('fct_payments') }} as payments
    left join sales on payments.sale_key = sales.sale_key
    left join {{ ref('int_reported_payments') }} as reported
        on payments.payment_key = reported.payment_key
),

entries as (
    select
        account_id, location_key, business_date, measure, sale_key, sale_key as entry_id,
        amount as till_amount, case when is_counted then amount else 0 end as our_amount,
        'counted in another till' as cause, false as is_listed
    from figures_in_rows
    where amount <> 0
    union all
    select
        account_id, location_key, business_date, 'tender_' || tender_type as measure, sale_key,
        payment_key as entry_id,
        case when is_reported_there then reported_amount else 0 end as till_amount,
        case when is_counted then amount else 0 end as our_amount, cause, is_listed
    from payments
    union all
    select
        account_id, reported_at_key as location_key, reported_on as business_date,
        'tender_' || tender_type as measure, sale_key, payment_key as entry_id,
        reported_amount as till_amount, 0 as our_amount, cause, is_listed
    from payments
    where reported_on is not null and not is_reported_there
),

described as (
    select
        cast({{ dbt_utils.generate_surrogate_key(key) }} as varchar) as entry_key,
        entries.account_id, entries.location_key, entries.business_date, entries.sale_key,
        cast(entries.measure as varchar) as measure,
        cast(entries.till_amount as numeric(18, 5)) as till_amount,
        cast(entries.our_amount as numeric(18, 5)) as our_amount,
        cast(case when entries.till_amount <> entries.our_amount then entries.cause end as varchar)
            as cause,
        coalesce(sales.sale_state in ('layby', 'on_account', 'awaiting'), false) as is_unfinished,
        not entries.is_listed and (
            coalesce(read_sales.updated_at > days.covers_until, false)
            or coalesce(read_sales.extracted_at > days.read_at, false)
        ) as is_changed_later
    from entries
    inner join places
        on entries.account_id = places.account_id and entries.location_key = places.location_key
        and entries.business_date >= places.first_day
    left join days
        on entries.account_id = days.account_id and entries.location_key = days.location_key
        and entries.business_date = days.business_date
    inner join stated
        on entries.account_id = stated.account_id and entries.measure = stated.measure
    left join sales on entries.sale_key = sales.sale_key
    left join {{ ref('int_sales_unioned') }} as read_sales
        on sales.account_id = read_sales.account_id and sales.sale_id = read_sales.sale_id
)

select * from described
