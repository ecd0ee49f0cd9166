{{ config(enabled='lightspeed_x' in var('pos_sources'), materialized='table') }}
-- One row per product that X-Series sales or stock records name and its product list does not hold:
-- deleted for good, or left out of an export.
with sale_lines as (
    select * from {{ ref('stg_lightspeed_x__sale_lines') }}
),

inventory as (
    select * from {{ ref('stg_lightspeed_x__inventory') }}
),

consignment_products as (
    select * from {{ ref('stg_lightspeed_x__consignment_products') }}
),

products as (
    select * from {{ ref('stg_lightspeed_x__products') }}
),

named as (
    select distinct account_id, product_id, cast(null as varchar) as sku from sale_lines
    union all
    select distinct account_id, product_id, cast(null as varchar) as sku from inventory
    union all
    select account_id, product_id, max(product_sku) as sku from consignment_products
    group by account_id, product_id
),

unlisted as (
    select
        named.account_id,
        named.product_id,
        max(named.sku) as sku
    from named
    where named.product_id is not null
        and not exists (
            select 1 from products
            where products.account_id = named.account_id and products.product_id = named.product_id
        )
    group by named.account_id, named.product_id
)

select * from unlisted
