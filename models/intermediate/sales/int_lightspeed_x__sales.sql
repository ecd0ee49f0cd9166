{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per X-Series sale. total_price is without tax. Discounts beside the lines lower a sale
-- and raise a return, whichever sign the till writes them with.
with sales as (
    select * from {{ ref('stg_lightspeed_x__sales') }}
),

adjustments as (
    select
        _version_id,
        sum(case when adjustment_type = 'DISCOUNT' then 0 else value end) as stated_adjustments,
        abs(sum(case when adjustment_type = 'DISCOUNT' then value else 0 end)) as discount_amount
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
        sales.sale_date as sold_at,
        sales.created_at as opened_at,
        sales.updated_at,
        sales.extracted_at,
        sales.deleted_at is not null as is_deleted,
        sales.total_price as stated_net,
        coalesce(sales.total_tax, 0) as stated_tax,
        sales.total_price + coalesce(sales.total_tax, 0) as stated_total,
        cast(0 as numeric(38, 10)) as stated_order_discount,
        coalesce(adjustments.stated_adjustments, 0) as stated_adjustments,
        cast(
            case when sales.total_price < 0 then 1 else -1 end
            * coalesce(adjustments.discount_amount, 0) as numeric(38, 10)
        ) as stated_discount_adjustments,
        sales.note
    from sales
    left join adjustments on sales._version_id = adjustments._version_id
    where sales.sale_id is not null
)

select * from translated
