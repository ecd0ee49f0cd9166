{{ config(enabled='square' in var('pos_sources')) }}
-- One row per movement of a Square gift card by which it was sold or loaded in an order, at the
-- moment and place of that order; and per one by which its sale was given back, negative.
with activities as (
    select * from {{ ref('stg_square__gift_card_activities') }}
),

sales as (
    select * from {{ ref('int_square__sales') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

movements as (
    select
        _version_id, account_id, location_id, created_at, currency,
        coalesce(activated_order_id, loaded_order_id) as order_id,
        coalesce(activated_units, loaded_units, 0) as units
    from activities
    where
        activity_type in ('ACTIVATE', 'LOAD')
        and coalesce(activated_order_id, loaded_order_id) is not null
    union all
    select
        _version_id, account_id, location_id, created_at, currency, null as order_id,
        -coalesce(decrement_units, 0) as units
    from activities
    where activity_type = 'ADJUST_DECREMENT' and decrement_reason = 'PURCHASE_WAS_REFUNDED'
),

translated as (
    select
        movements._version_id,
        movements.account_id,
        coalesce(sales.location_id, movements.location_id) as location_id,
        coalesce(sales.sold_at, movements.created_at) as sold_at,
        {{ in_major_units(
            'movements.units', 'coalesce(currencies.minor_unit, accounts.minor_unit)'
        ) }} as amount
    from movements
    inner join accounts on movements.account_id = accounts.account_id
    left join currencies on movements.currency = currencies.currency
    left join sales
        on movements.account_id = sales.account_id and movements.order_id = sales.sale_id
)

select * from translated
