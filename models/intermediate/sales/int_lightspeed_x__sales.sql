{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per X-Series sale. total_price is without tax; a sale whose date does not parse is
-- placed by the next best date it has.
with sales as (
    select * from {{ ref('stg_lightspeed_x__sales') }}
),

adjustments as (
    select
        _version_id,
        sum(value) as stated_adjustments
    from {{ ref('stg_lightspeed_x__sale_adjustments') }}
    group by _version_id
),

translated as (
    select
        sales._version_id,
        sales.account_id,
        sales.sale_id,
        coalesce(sales.receipt_number, sales.invoice_number) as receipt_number,
        sales.outlet_id as location_id,
        sales.register_id,
        sales.user_id as employee_id,
        sales.customer_id,
        sales.status as source_status,
        lower(sales.source) as sales_channel,
        sales.return_for as return_of_sale_id,
        coalesce(
            sales.sale_date, sales.created_at, sales.updated_at, sales.extracted_at
        ) as sold_at,
        sales.created_at as opened_at,
        sales.updated_at,
        sales.deleted_at is not null as is_deleted,
        sales.total_price as stated_net,
        coalesce(sales.total_tax, 0) as stated_tax,
        sales.total_price + coalesce(sales.total_tax, 0) as stated_total,
        cast(0 as numeric(38, 10)) as stated_order_discount,
        coalesce(adjustments.stated_adjustments, 0) as stated_adjustments,
        sales.note
    from sales
    left join adjustments on sales._version_id = adjustments._version_id
    where sales.sale_id is not null
)

select * from translated
