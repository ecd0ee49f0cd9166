-- One row per business day and account with counted sales: the day's figures as a shop knows them.
-- Net sales are goods less discounts and returns; what is no sale of goods stands beside it.
{% set measures = day_measures() %}
with lines as (
    select * from {{ ref('fct_sales') }}
    where is_counted
),

summed as (
    select
        account_id,
        business_date,
        location_key,
        currency,
        count(distinct sale_key) as transactions,
        sum(case when line_type = 'product' then quantity else 0 end) as net_units,
        sum({{ measures['gross_sales'] }}) as gross_sales,
        sum({{ measures['discounts'] }}) as discounts,
        sum({{ measures['returns'] }}) as returns_amount,
        sum({{ measures['net_sales'] }}) as net_sales,
        sum({{ measures['gift_cards'] }}) as gift_cards_sold,
        sum(
            case when not is_net_sales and line_type <> 'gift_card' then net_amount else 0 end
        ) as other_income,
        sum(tax_amount) as tax_amount,
        sum(total_amount) as total_amount
    from lines
    group by account_id, business_date, location_key, currency
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key([
                'account_id', 'business_date', 'location_key', 'currency'
            ]) }} as varchar
        ) as daily_sales_key,
        account_id,
        business_date,
        location_key,
        currency,
        cast(transactions as bigint) as transactions,
        cast(net_units as numeric(18, 5)) as net_units,
        cast(gross_sales as numeric(18, 5)) as gross_sales,
        cast(discounts as numeric(18, 5)) as discounts,
        cast(returns_amount as numeric(18, 5)) as returns_amount,
        cast(net_sales as numeric(18, 5)) as net_sales,
        cast(gift_cards_sold as numeric(18, 5)) as gift_cards_sold,
        cast(other_income as numeric(18, 5)) as other_income,
        cast(tax_amount as numeric(18, 5)) as tax_amount,
        cast(total_amount as numeric(18, 5)) as total_amount
    from summed
)

select * from described
