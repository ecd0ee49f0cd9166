{{ config(enabled='lightspeed_x' in var('pos_sources'), materialized='view') }}
-- One row per account and raw table: how many records it holds now.
with counts as (
    {{ raw_row_counts('lightspeed_x', [
        'outlets', 'registers', 'users', 'customers', 'products', 'inventory', 'payment_types',
        'consignments', 'consignment_products'
    ]) }}
)

select * from counts
