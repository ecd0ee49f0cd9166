{{ config(materialized='view') }}
-- One row per business day and run in which it changed although it had been published: what its
-- totals were, and what they became. Sales that only went to another place of the account on the
-- same day, as when a place gets another name, restate nothing.
with published as (
    select * from {{ ref('fct_published_sales') }}
),

runs as (
    select
        daily_sales_key,
        account_id,
        location_key,
        business_date,
        currency,
        run_number,
        is_restatement,
        max(published_on) as restated_on,
        sum(case when change = 'new' then 1 else 0 end) as sales_new,
        sum(case when change = 'changed' then 1 else 0 end) as sales_changed,
        sum(case when change = 'gone' then 1 else 0 end) as sales_gone,
        sum(case when change = 'moved' then 1 else 0 end) as sales_moved,
        sum(net_change) as net_change,
        sum(tax_change) as tax_change,
        sum(total_change) as total_change
    from published
    group by
        daily_sales_key, account_id, location_key, business_date, currency, run_number,
        is_restatement
),

added_up as (
    select
        runs.*,
        sum(net_change) over (partition by daily_sales_key order by run_number) as net_amount,
        sum(tax_change) over (partition by daily_sales_key order by run_number) as tax_amount,
        sum(total_change) over (partition by daily_sales_key order by run_number) as total_amount,
        sales_new + sales_changed + sales_gone = 0
        and sum(net_change) over (
            partition by account_id, business_date, currency, run_number
        ) = 0
        and sum(total_change) over (
            partition by account_id, business_date, currency, run_number
        ) = 0 as is_other_place_alone
    from runs
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key(['daily_sales_key', 'run_number']) }} as varchar
        ) as restatement_key,
        daily_sales_key,
        account_id,
        location_key,
        business_date,
        currency,
        run_number,
        restated_on,
        cast(net_amount - net_change as numeric(18, 5)) as net_sales_before,
        cast(net_amount as numeric(18, 5)) as net_sales_after,
        cast(tax_amount - tax_change as numeric(18, 5)) as tax_amount_before,
        cast(tax_amount as numeric(18, 5)) as tax_amount_after,
        cast(total_amount - total_change as numeric(18, 5)) as total_amount_before,
        cast(total_amount as numeric(18, 5)) as total_amount_after,
        cast(sales_new as bigint) as sales_new,
        cast(sales_changed as bigint) as sales_changed,
        cast(sales_gone as bigint) as sales_gone,
        cast(sales_moved as bigint) as sales_moved
    from added_up
    where is_restatement and not is_other_place_alone
)

select * from described
