{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false,
          on_schema_change='fail') }}
{% set grain = 'sale_key, account_id, business_date, location_key, currency' %}
-- One row per sale, business day and change of what the sale adds to that day: all changes of a day
-- add up to what is published of it. This table is a memory: no full refresh empties it.
with lines as (
    select * from {{ ref('fct_sales') }}
    where is_counted
),

locations as (
    select * from {{ ref('dim_locations') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

memory as (
    {% if is_incremental() %}
        select * from {{ this }}
    {% else %}
        select
            {{ grain }}, '' as daily_sales_key, 0 as run_number, business_date as published_on,
            net_amount as net_change, tax_amount as tax_change, total_amount as total_change
        from lines
        where 1 = 0
    {% endif %}
),

compared as (
    select
        {{ grain }}, true as is_now, total_amount as total_change, tax_amount as tax_change,
        case when is_net_sales then net_amount else 0 end as net_change
    from lines
    union all
    select
        {{ grain }}, false as is_now, -total_change as total_change, -tax_change as tax_change,
        -net_change as net_change
    from memory
),

changed as (
    select
        {{ grain }},
        max(case when is_now then 1 else 0 end) as is_now,
        max(case when is_now then 0 else 1 end) as was_before,
        sum(net_change) as net_change, sum(tax_change) as tax_change,
        sum(total_change) as total_change,
        count(*) over (partition by sale_key) as days_of_sale
    from compared
    group by {{ grain }}
    having sum(net_change) <> 0 or sum(tax_change) <> 0 or sum(total_change) <> 0
),

placed as (
    select
        changed.*,
        {{ dbt_utils.generate_surrogate_key([
            'changed.account_id', 'business_date', 'changed.location_key', 'changed.currency'
        ]) }} as daily_sales_key,
        coalesce(
            {{ business_date(run_at(), 'locations.time_zone', 'accounts.day_cutoff_minutes') }},
            {{ run_date() }}
        ) as published_on
    from changed
    left join accounts on changed.account_id = accounts.account_id
    left join locations on changed.location_key = locations.location_key
),

known_days as (
    select distinct daily_sales_key from memory
),

last_runs as (
    select account_id, max(published_on) as published_on
    from memory
    group by account_id
),

judged as (
    select
        placed.*,
        (select coalesce(max(memory.run_number), 0) + 1 from memory) as run_number,
        known_days.daily_sales_key is not null and (
            placed.business_date < last_runs.published_on
            or {{ days_between('placed.business_date', 'placed.published_on') }} > 1
        ) as is_restatement
    from placed
    left join known_days on placed.daily_sales_key = known_days.daily_sales_key
    left join last_runs on placed.account_id = last_runs.account_id
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key(['sale_key', 'daily_sales_key', 'run_number']) }}
            as varchar
        ) as published_sale_key,
        sale_key,
        cast(daily_sales_key as varchar) as daily_sales_key,
        account_id, business_date, location_key, currency,
        cast(run_number as integer) as run_number,
        published_on,
        coalesce(is_restatement, false) as is_restatement,
        cast(
            case
                when days_of_sale > 1 then 'moved'
                when is_now = 0 then 'gone'
                when was_before = 0 then 'new'
                else 'changed'
            end as varchar
        ) as change,
        cast(net_change as numeric(18, 5)) as net_change,
        cast(tax_change as numeric(18, 5)) as tax_change,
        cast(total_change as numeric(18, 5)) as total_change
    from judged
)

select * from described
