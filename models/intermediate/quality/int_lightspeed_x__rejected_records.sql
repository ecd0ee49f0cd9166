{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per value of an X-Series record that did not parse.
with unparsed as (
    {{ unparsed_values('lightspeed_x', [
        'outlets', 'registers', 'users', 'customers', 'products', 'product_codes', 'sales',
        'sale_lines', 'sale_payments', 'sale_adjustments', 'inventory', 'payment_types',
        'consignments', 'consignment_products', 'register_closures', 'closure_payments'
    ]) }}
)

select * from unparsed
