-- One row per sale whose header and lines differ by more than rounding can mend: the rest, so that
-- it is seen and the sale still adds up. `adjustment`: the till keeps it beside its lines (tips,
-- surcharges). `rounding`: at most a cent a line. `unreconciled`: the till does not explain it.
with totals as (
    select * from {{ ref('int_sale_totals') }}
    where net_units is not null
),

lines as (
    select
        _version_id,
        count(*) as lines_of_sale,
        max(line_number) as last_line_number,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount
    from {{ ref('int_sale_lines_allocated') }}
    group by _version_id
),

compared as (
    select
        totals._version_id,
        totals.account_id,
        totals.sale_id,
        totals.minor_unit,
        totals.adjustment_units * totals.minor_unit as adjustment_amount,
        coalesce(lines.lines_of_sale, 0) as lines_of_sale,
        coalesce(lines.last_line_number, 0) + 1 as line_number,
        totals.net_units * totals.minor_unit - coalesce(lines.net_amount, 0) as net_amount,
        totals.tax_units * totals.minor_unit - coalesce(lines.tax_amount, 0) as tax_amount
    from totals
    left join lines on totals._version_id = lines._version_id
),

explained as (
    select
        _version_id,
        account_id,
        sale_id,
        cast(line_number as integer) as line_number,
        case
            when adjustment_amount <> 0
                and adjustment_amount in (net_amount + tax_amount, net_amount)
                then 'adjustment'
            when abs(net_amount) + abs(tax_amount) <= lines_of_sale * minor_unit then 'rounding'
            else 'unreconciled'
        end as line_type,
        cast(net_amount as numeric(18, 5)) as net_amount,
        cast(tax_amount as numeric(18, 5)) as tax_amount
    from compared
    where net_amount <> 0 or tax_amount <> 0
)

select * from explained
