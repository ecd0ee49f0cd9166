{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per product of a consignment and outlet whose stock it moves: two for a transfer.
-- `count` is what was expected, `received` what was seen. A receipt or a transfer has moved when
-- it is RECEIVED or CLOSED; a return to a supplier ends with SENT; a stocktake moves what was seen
-- more or less than expected, once it is complete. All else is kept at quantity 0.
with products as (
    select * from {{ ref('stg_lightspeed_x__consignment_products') }}
),

consignments as (
    select * from {{ ref('stg_lightspeed_x__consignments') }}
),

consignments_once as (
    {{ one_per_key('consignments', 'consignment_id', 'version desc') }}
),

joined as (
    select
        products.account_id,
        products.record_id as movement_id,
        products.product_id,
        consignments_once.outlet_id,
        consignments_once.source_outlet_id,
        consignments_once.type,
        consignments_once.status,
        {{ as_amount('products.expected_count') }} as expected,
        {{ as_amount('products.received') }} as received,
        {{ as_amount('products.cost') }} as unit_cost,
        coalesce(
            consignments_once.received_at,
            consignments_once.consignment_date,
            consignments_once.created_at,
            products.created_at
        ) as moved_at,
        coalesce(consignments_once.reference, consignments_once.name) as reference
    from products
    inner join consignments_once
        on products.account_id = consignments_once.account_id
        and products.consignment_id = consignments_once.consignment_id
    where products.product_id is not null and consignments_once.deleted_at is null
),

translated as (
    select
        account_id,
        movement_id,
        product_id,
        outlet_id as location_id,
        case when type = 'OUTLET' then source_outlet_id end as other_location_id,
        cast(
            case type
                when 'SUPPLIER' then 'receipt'
                when 'OUTLET' then 'transfer_in'
                when 'RETURN' then 'supplier_return'
                when 'STOCKTAKE' then 'stocktake'
                else coalesce(lower(type), 'adjustment')
            end as varchar
        ) as movement_type,
        status,
        cast(
            coalesce(
                case
                    when
                        type in ('SUPPLIER', 'OUTLET') and status in ('RECEIVED', 'CLOSED')
                        then received
                    when type = 'RETURN' and status in ('SENT', 'RECEIVED', 'CLOSED') then -expected
                    when
                        type = 'STOCKTAKE' and status = 'STOCKTAKE_COMPLETE'
                        then received - expected
                end, 0
            ) as numeric(18, 5)
        ) as quantity,
        cast(case when type = 'STOCKTAKE' then received end as numeric(18, 5)) as counted_quantity,
        unit_cost,
        moved_at,
        reference
    from joined
    union all
    select
        account_id,
        movement_id,
        product_id,
        source_outlet_id as location_id,
        outlet_id as other_location_id,
        'transfer_out' as movement_type,
        status,
        cast(
            coalesce(
                case when status in ('RECEIVED', 'CLOSED') then -coalesce(expected, received) end, 0
            )
            as numeric(18, 5)
        ) as quantity,
        cast(null as numeric(18, 5)) as counted_quantity,
        unit_cost,
        moved_at,
        reference
    from joined
    where type = 'OUTLET'
)

select * from translated
