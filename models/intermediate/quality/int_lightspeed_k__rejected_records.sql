{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per value of a K-Series record that did not parse.
with unparsed as (
    {{ unparsed_values('lightspeed_k', [
        'items', 'staff', 'shifts', 'shift_events', 'sales', 'sale_lines', 'sale_payments',
        'business_days', 'business_day_payments', 'financials'
    ]) }}
)

select * from unparsed
