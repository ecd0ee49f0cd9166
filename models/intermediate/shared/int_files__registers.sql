{{ config(enabled='files' in var('pos_sources')) }}
-- One row per register: those of a register list and those that only sales name.
with registers as (
    select * from {{ ref('stg_files__registers') }}
),

sales as (
    select * from {{ ref('int_files__sales') }}
),

named_by_sales as (
    select
        account_id,
        register_id,
        min(location_id) as location_id
    from sales
    where register_id is not null
    group by account_id, register_id
),

translated as (
    select
        coalesce(registers.account_id, named_by_sales.account_id) as account_id,
        coalesce(registers.register_id, named_by_sales.register_id) as register_id,
        coalesce(registers.register_name, named_by_sales.register_id) as register_name,
        coalesce(registers.location_id, named_by_sales.location_id, 'main') as location_id
    from registers
    full outer join named_by_sales
        on registers.account_id = named_by_sales.account_id
        and registers.register_id = named_by_sales.register_id
)

select * from translated
