-- One row per business day, location and till: daily_sales_summary.csv.
with daily_sales as (
    select * from {{ ref('fct_daily_sales') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

locations as (
    select * from {{ ref('dim_locations') }}
),

described as (
    select
        accounts.business_id,
        daily_sales.business_date,
        locations.location_name,
        accounts.till_name,
        daily_sales.account_id,
        daily_sales.currency,
        daily_sales.transactions,
        daily_sales.net_units,
        daily_sales.gross_sales,
        daily_sales.discounts,
        daily_sales.returns_amount,
        daily_sales.net_sales,
        daily_sales.tax_amount,
        daily_sales.gift_cards_sold,
        daily_sales.other_income,
        daily_sales.total_amount,
        {{ ratio('daily_sales.net_sales', 'daily_sales.transactions', 2) }} as average_sale
    from daily_sales
    inner join accounts on daily_sales.account_id = accounts.account_id
    left join locations on daily_sales.location_key = locations.location_key
)

select * from described
