{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ delete_stale_rows(ref('int_sale_totals'), 'amounts_version') }}"
) }}
-- One row per line of a sale, in exact money, such that the lines add up to the header of their
-- sale to the cent. Net is rounded by largest remainder, an order discount and a tax that only the
-- header knows are shared by net. What rounding cannot explain stands on a line of its own
-- (int_sale_differences). Lines of a sale without a stated total keep all their decimals.
with totals as (
    select * from {{ ref('int_sale_totals') }} as totals
    {% if is_incremental() %}
        where
            not exists (
                select 1 from {{ this }} as done
                where done.amounts_version = totals.amounts_version
            )
    {% endif %}
),

lines as (
    select
        lines.*,
        totals.amounts_version,
        totals.minor_unit,
        totals.units_per_major,
        totals.parts_per_unit,
        totals.net_units,
        totals.tax_units,
        totals.discount_units,
        cast(round(lines.stated_net * 100000, 0) as numeric(38, 0)) as net_parts,
        cast(round(lines.stated_tax * 100000, 0) as numeric(38, 0)) as tax_parts
    from {{ ref('int_sale_lines_unioned') }} as lines
    inner join totals on lines._version_id = totals._version_id
),

to_share as (
    select
        lines.*,
        sum(net_parts) over (partition by _version_id) as net_parts_sum,
        count(tax_parts) over (partition by _version_id) as lines_with_tax,
        count(*) over (partition by _version_id) as lines_of_sale
    from lines
    where net_units is not null
),

discount_shares as (
    select
        to_share.*,
        discount_units * net_parts * sign(net_parts_sum) as discount_numerator,
        case when net_parts_sum = 0 then 1 else abs(net_parts_sum) end as discount_denominator
    from to_share
),

discounted as (
    {{ round_to_total(
        'discount_shares', 'discount_units', 'discount_numerator', 'discount_denominator',
        'discount_share', '_version_id', 'line_number, line_id'
    ) }}
),

net_shares as (
    select
        discounted.*,
        net_parts - discount_share * parts_per_unit as net_numerator
    from discounted
),

netted as (
    {{ round_to_total(
        'net_shares', 'net_units', 'net_numerator', 'parts_per_unit',
        'net_share', '_version_id', 'line_number, line_id'
    ) }}
),

summed as (
    select
        netted.*,
        sum(net_share) over (partition by _version_id) as net_share_sum
    from netted
),

tax_shares as (
    select
        summed.*,
        case
            when lines_with_tax > 0 then coalesce(tax_parts, 0)
            when net_share_sum = 0 then tax_units
            else tax_units * net_share * sign(net_share_sum)
        end as tax_numerator,
        case
            when lines_with_tax > 0 then parts_per_unit
            when net_share_sum = 0 then lines_of_sale
            else abs(net_share_sum)
        end as tax_denominator
    from summed
),

taxed as (
    {{ round_to_total(
        'tax_shares', 'tax_units', 'tax_numerator', 'tax_denominator',
        'tax_share', '_version_id', 'line_number, line_id'
    ) }}
),

all_lines as (
    select
        {{ allocated_line_columns() }},
        cast(net_share * minor_unit as numeric(18, 5)) as net,
        cast(tax_share * minor_unit as numeric(18, 5)) as tax,
        cast(
            (round(stated_discount * units_per_major, 0) + discount_share) * minor_unit
            as numeric(18, 5)
        ) as discount
    from taxed
    union all
    select
        {{ allocated_line_columns() }},
        cast(stated_net as numeric(18, 5)) as net,
        cast(coalesce(stated_tax, 0) as numeric(18, 5)) as tax,
        cast(stated_discount as numeric(18, 5)) as discount
    from lines
    where net_units is null
),

typed as (
    select
        {{ allocated_line_columns() }},
        cast(net + discount as numeric(18, 5)) as gross_amount,
        discount as discount_amount,
        net as net_amount,
        tax as tax_amount,
        cast(net + tax as numeric(18, 5)) as total_amount
    from all_lines
)

select * from typed
