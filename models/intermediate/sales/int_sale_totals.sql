-- One row per sale: what its header states, in whole minor units of its currency (cents). Tax and
-- total are rounded as the customer pays them; net is what is left, so that net + tax = total.
-- amounts_version changes with the sale and with the smallest unit of its account's currency.
with sales as (
    select * from {{ ref('int_sales_unioned') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

in_units as (
    select
        sales._version_id,
        {{ dbt.hash(concat_for_hash(['sales._version_id', 'accounts.minor_unit'])) }}
            as amounts_version,
        sales.account_id,
        sales.sale_id,
        accounts.minor_unit,
        cast(accounts.units_per_major as numeric(38, 0)) as units_per_major,
        cast(accounts.minor_unit * 100000 as numeric(38, 0)) as parts_per_unit,
        cast(
            round(sales.stated_total * accounts.units_per_major, 0) as numeric(38, 0)
        ) as total_units,
        cast(round(sales.stated_tax * accounts.units_per_major, 0) as numeric(38, 0)) as tax_units,
        cast(
            round(sales.stated_order_discount * accounts.units_per_major, 0) as numeric(38, 0)
        ) as discount_units,
        cast(
            round(sales.stated_adjustments * accounts.units_per_major, 0) as numeric(38, 0)
        ) as adjustment_units,
        cast(
            round(sales.stated_discount_adjustments * accounts.units_per_major, 0)
            as numeric(38, 0)
        ) as discount_adjustment_units
    from sales
    inner join accounts on sales.account_id = accounts.account_id
),

netted as (
    select
        in_units.*,
        total_units - tax_units as net_units
    from in_units
)

select * from netted
