{{ config(enabled='files' in var('pos_sources')) }}
-- One row per value of a file's record that did not parse, and per line whose quantity times price
-- is no amount (multiply).
with unparsed as (
    {{ unparsed_values('files', [
        'locations', 'registers', 'employees', 'customers', 'products', 'product_codes', 'sales',
        'sale_lines', 'payments', 'stock_levels', 'stock_movements',
        'day_totals'
    ]) }}
),

too_large as (
    select
        account_id,
        'sale_lines' as entity,
        record_id,
        'quantity x unit_price' as field,
        cast(quantity as varchar) || ' x ' || cast(unit_price as varchar) as value
    from {{ ref('stg_files__sale_lines') }}
    where net_amount is null and quantity is not null and unit_price is not null
        and {{ multiply('quantity', 'unit_price') }} is null
),

listed as (
    select account_id, entity, record_id, field, value from unparsed
    union all
    select account_id, entity, record_id, field, value from too_large
)

select * from listed
