{{ config(enabled='files' in var('pos_sources')) }}
-- One row per movement of a file drop and location whose stock it moves: two for a transfer, which
-- is what the file says goes from one place to another. A quantity with a place gets its sign from
-- it, and a return to a supplier always goes out; else it keeps the sign of the file. A count
-- moves nothing. What was cancelled or has not happened yet is kept at quantity 0.
with stock_movements as (
    select * from {{ ref('stg_files__stock_movements') }}
),

latest as (
    {{ one_per_key('stock_movements', 'movement_id') }}
),

cleaned as (
    select
        account_id,
        movement_id,
        product_id,
        replace(replace(lower(coalesce(movement_type, 'adjustment')), ' ', '_'), '-', '_')
            as movement_type,
        from_location_id,
        to_location_id,
        status,
        coalesce({{ as_amount('quantity') }}, 0) as stated_quantity,
        case
            when
                upper(status) in (
                    'CANCELLED', 'CANCELED', 'VOID', 'VOIDED', 'OPEN', 'DRAFT', 'PENDING', 'SENT'
                )
                then 0
            else coalesce({{ as_amount('quantity') }}, 0)
        end as moved_quantity,
        {{ as_amount('unit_cost') }} as unit_cost,
        moved_at,
        reference
    from latest
    where movement_id is not null and product_id is not null
),

named as (
    select
        cleaned.*,
        case
            when
                movement_type in ('receipt', 'received', 'receiving', 'purchase', 'delivery')
                then 'receipt'
            when
                movement_type in (
                    'supplier_return', 'return_to_supplier', 'rtv', 'return_to_vendor'
                )
                then 'supplier_return'
            when
                movement_type in ('stocktake', 'count', 'inventory_count', 'stock_count')
                then 'stocktake'
            else movement_type
        end as kind
    from cleaned
),

placed as (
    select
        named.*,
        kind not in ('receipt', 'stocktake', 'supplier_return')
        and from_location_id is not null and to_location_id is not null as is_transfer
    from named
),

translated as (
    select
        account_id,
        movement_id,
        product_id,
        coalesce(to_location_id, from_location_id, 'main') as location_id,
        case when is_transfer then from_location_id end as other_location_id,
        cast(case when is_transfer then 'transfer_in' else kind end as varchar) as movement_type,
        status,
        cast(
            case
                when kind = 'stocktake' then 0
                when kind = 'receipt' or to_location_id is null then moved_quantity
                else abs(moved_quantity)
            end as numeric(18, 5)
        ) as quantity,
        cast(case when kind = 'stocktake' then stated_quantity end as numeric(18, 5))
            as counted_quantity,
        unit_cost,
        moved_at,
        reference
    from placed
    where kind in ('receipt', 'stocktake')
        or (kind <> 'supplier_return' and (to_location_id is not null or from_location_id is null))
    union all
    select
        account_id,
        movement_id,
        product_id,
        coalesce(from_location_id, to_location_id, 'main') as location_id,
        case when is_transfer then to_location_id end as other_location_id,
        cast(case when is_transfer then 'transfer_out' else kind end as varchar) as movement_type,
        status,
        cast(-abs(moved_quantity) as numeric(18, 5)) as quantity,
        cast(null as numeric(18, 5)) as counted_quantity,
        unit_cost,
        moved_at,
        reference
    from placed
    where kind = 'supplier_return'
        or (kind not in ('receipt', 'stocktake') and from_location_id is not null)
)

select * from translated
