{{ config(enabled='files' in var('pos_sources')) }}
-- One row per figure of a day that a file of day totals states; an empty cell states nothing.
with totals as (
    select * from {{ ref('stg_files__day_totals') }}
    where business_date is not null
),

figures as (
    {{ one_row_per_column('totals', day_measures().keys(), [
        'account_id', 'location_id', 'register_id', 'business_date', 'extracted_at'
    ]) }}
),

tenders as (
    {{ one_row_per_column('totals', [
        'cash', 'card', 'cheque', 'gift_card', 'store_credit', 'on_account', 'online'
    ], ['account_id', 'location_id', 'register_id', 'business_date', 'extracted_at']) }}
),

all_figures as (
    select
        account_id, location_id, register_id, business_date, extracted_at, measure, amount,
        cast(null as varchar) as tender_name
    from figures
    union all
    select
        account_id, location_id, register_id, business_date, extracted_at, 'tender' as measure,
        amount, replace(measure, '_', ' ') as tender_name
    from tenders
),

translated as (
    select
        account_id,
        coalesce(location_id, 'main') as location_id,
        register_id,
        business_date,
        cast(null as timestamp) as covers_from,
        cast(null as timestamp) as covers_until,
        extracted_at as read_at,
        cast(measure as varchar) as measure,
        cast(tender_name as varchar) as tender_name,
        cast(amount as numeric(18, 5)) as amount
    from all_figures
    where amount is not null
)

select * from translated
