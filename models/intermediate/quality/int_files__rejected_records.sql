{{ config(enabled='files' in var('pos_sources')) }}
-- One row per value of a file's record that did not parse.
with unparsed as (
    {{ unparsed_values('files', [
        'locations', 'registers', 'employees', 'customers', 'products', 'product_codes', 'sales',
        'sale_lines', 'payments', 'stock_levels', 'stock_movements'
    ]) }}
)

select * from unparsed
