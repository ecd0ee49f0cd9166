{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per value of a Toast record that did not parse.
with unparsed as (
    {{ unparsed_values('toast', [
        'restaurants', 'menu_items', 'employees', 'orders', 'checks', 'check_entries',
        'check_payments', 'payments', 'time_entries', 'time_entry_breaks'
    ]) }}
)

select * from unparsed
