{{ config(enabled='square' in var('pos_sources')) }}
-- One row per value of a Square record that did not parse.
with unparsed as (
    {{ unparsed_values('square', [
        'locations', 'catalog_objects', 'customers', 'team_members', 'orders', 'order_entries',
        'payments', 'refunds', 'timecards', 'timecard_breaks', 'inventory_counts',
        'inventory_changes'
    ]) }}
)

select * from unparsed
