{{ config(enabled='files' in var('pos_sources'), materialized='view') }}
-- One row per account and raw table: how many records it holds now.
with counts as (
    {{ raw_row_counts('files', [
        'locations', 'registers', 'employees', 'customers', 'products', 'stock_levels',
        'stock_movements'
    ]) }}
)

select * from counts
