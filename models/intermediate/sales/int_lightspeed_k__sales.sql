{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per K-Series sale. The till states no total of a sale: what was paid, with tips and
-- surcharges, is its total, and without a payment the sum of its lines. Tax is the sum of the
-- lines' tax. An id is unique within its location only, so the location is part of ours.
with sales as (
    select * from {{ ref('stg_lightspeed_k__sales') }}
    where account_fisc_id is not null
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

moments as (
    select * from {{ ref('int_lightspeed_k__sale_moments') }}
),

lines as (
    select
        _version_id,
        sum(stated_net + stated_tax) as total,
        sum(stated_tax) as tax
    from {{ ref('int_lightspeed_k__sale_lines') }}
    group by _version_id
),

payments as (
    select
        _version_id,
        sum({{ lightspeed_k_paid() }}) as total,
        max(customer_id) as customer_id
    from {{ ref('stg_lightspeed_k__sale_payments') }}
    group by _version_id
),

totalled as (
    select
        sales.*,
        moments.sold_at,
        payments.customer_id,
        round(coalesce(payments.total, lines.total, 0) * accounts.units_per_major, 0)
        * accounts.minor_unit as total,
        round(coalesce(lines.tax, 0) * accounts.units_per_major, 0)
        * accounts.minor_unit as tax
    from sales
    inner join accounts on sales.account_id = accounts.account_id
    inner join moments on sales._version_id = moments._version_id
    left join lines on sales._version_id = lines._version_id
    left join payments on sales._version_id = payments._version_id
),

translated as (
    select
        _version_id,
        account_id,
        cast(record_id as varchar) as sale_id,
        receipt_id as receipt_number,
        location_id,
        device_id as register_id,
        owner_id as employee_id,
        cast(customer_id as varchar) as customer_id,
        cast(case when is_cancelled then 'CANCEL' else type end as varchar) as source_status,
        cast(lower(account_profile_code) as varchar) as sales_channel,
        cast(case when type = 'REFUND' then location_id || '|' || initial_account_id end as varchar)
            as return_of_sale_id,
        sold_at,
        opened_at,
        cast(null as timestamp) as updated_at,
        extracted_at,
        false as is_deleted,
        cast(total - tax as numeric(38, 10)) as stated_net,
        cast(tax as numeric(38, 10)) as stated_tax,
        cast(total as numeric(38, 10)) as stated_total,
        cast(0 as numeric(38, 10)) as stated_order_discount,
        cast(0 as numeric(38, 10)) as stated_adjustments,
        cast(0 as numeric(38, 10)) as stated_discount_adjustments,
        void_reason as note
    from totalled
)

select * from translated
