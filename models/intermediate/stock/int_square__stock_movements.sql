{{ config(enabled='square' in var('pos_sources')) }}
-- One row per change of stock and location: two for a transfer. Square adjusts stock itself when
-- something is sold or comes back. A physical count says what was there and not what moved: it is
-- kept at quantity 0.
with changes as (
    select * from {{ ref('stg_square__inventory_changes') }}
),

legs as (
    select
        'transfer_in' as movement_type,
        1 as direction
    union all
    select
        'transfer_out' as movement_type,
        -1 as direction
),

moved as (
    select
        account_id,
        record_id as movement_id,
        counted_object_id as product_id,
        counted_location_id as location_id,
        null as other_location_id,
        'stocktake' as movement_type,
        counted_state as status,
        0 as quantity,
        counted_quantity,
        coalesce(counted_at, count_created_at) as moved_at,
        null as reference
    from changes
    where change_type = 'PHYSICAL_COUNT'
    union all
    select
        account_id,
        record_id as movement_id,
        adjusted_object_id as product_id,
        adjusted_location_id as location_id,
        null as other_location_id,
        case
            when to_state = 'SOLD' then 'sale'
            when from_state in ('SOLD', 'RETURNED_BY_CUSTOMER', 'UNLINKED_RETURN')
                then 'customer_return'
            when from_state = 'NONE' and to_state = 'IN_STOCK' then 'receipt'
            when to_state = 'WASTE' then 'waste'
            else 'adjustment'
        end as movement_type,
        to_state as status,
        case
            when to_state = 'IN_STOCK' then adjusted_quantity
            when from_state = 'IN_STOCK' then -adjusted_quantity
            else 0
        end as quantity,
        null as counted_quantity,
        coalesce(adjusted_at, adjustment_created_at) as moved_at,
        adjustment_reference_id as reference
    from changes
    where change_type = 'ADJUSTMENT'
    union all
    select
        changes.account_id,
        changes.record_id as movement_id,
        changes.transferred_object_id as product_id,
        case when legs.direction = 1 then changes.to_location_id else changes.from_location_id end
            as location_id,
        case when legs.direction = 1 then changes.from_location_id else changes.to_location_id end
            as other_location_id,
        legs.movement_type,
        changes.change_type as status,
        legs.direction * changes.transferred_quantity as quantity,
        null as counted_quantity,
        coalesce(changes.transferred_at, changes.transfer_created_at) as moved_at,
        null as reference
    from changes
    cross join legs
    where changes.change_type = 'TRANSFER'
),

translated as (
    select
        account_id,
        movement_id,
        product_id,
        location_id,
        cast(other_location_id as varchar) as other_location_id,
        cast(movement_type as varchar) as movement_type,
        status,
        cast(coalesce({{ as_amount('quantity') }}, 0) as numeric(18, 5)) as quantity,
        {{ as_amount('counted_quantity') }} as counted_quantity,
        cast(null as numeric(18, 5)) as unit_cost,
        moved_at,
        cast(reference as varchar) as reference
    from moved
    where product_id is not null and location_id is not null
)

select * from translated
