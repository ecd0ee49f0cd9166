-- What a header holds and its lines do not, one row per sale and kind, so that it is seen and the
-- sale still adds up. `discount`, `adjustment`: the till keeps it beside its lines (tips,
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
        totals.adjustment_units * totals.minor_unit as adjustment,
        totals.discount_adjustment_units * totals.minor_unit as discount,
        coalesce(lines.lines_of_sale, 0) * totals.minor_unit as rounding,
        coalesce(lines.last_line_number, 0) + 1 as line_number,
        totals.net_units * totals.minor_unit - coalesce(lines.net_amount, 0) as net,
        totals.tax_units * totals.minor_unit - coalesce(lines.tax_amount, 0) as tax
    from totals
    left join lines on totals._version_id = lines._version_id
),

-- The till states what stands beside its lines with tax or without.
explained as (
    select
        compared.*,
        discount <> 0
        and least(abs(net + tax - discount), abs(net - discount)) <= rounding as is_discount,
        adjustment <> 0
        and least(abs(net + tax - adjustment), abs(net - adjustment)) <= rounding as is_adjustment,
        discount <> 0 and adjustment <> 0
        and least(abs(net + tax - discount - adjustment), abs(net - discount - adjustment))
        <= rounding as is_both
    from compared
    where net <> 0 or tax <> 0
),

parts as (
    select
        explained.*,
        case when is_both then discount when is_discount then net else 0 end as discount_net,
        case when is_discount and not is_both then tax else 0 end as discount_tax
    from explained
),

typed as (
    select
        _version_id, account_id, sale_id, line_number, 'discount' as line_type,
        discount_net as net_amount, discount_tax as tax_amount
    from parts
    where is_discount or is_both
    union all
    select
        _version_id, account_id, sale_id,
        case when is_both then line_number + 1 else line_number end as line_number,
        case
            when is_both or is_adjustment then 'adjustment'
            when abs(net) + abs(tax) <= rounding then 'rounding'
            else 'unreconciled'
        end as line_type,
        net - discount_net as net_amount,
        tax - discount_tax as tax_amount
    from parts
    where net <> discount_net or tax <> discount_tax
),

described as (
    select
        _version_id,
        account_id,
        sale_id,
        'difference|' || line_type as line_id,
        cast(line_number as integer) as line_number,
        line_type,
        cast(net_amount as numeric(18, 5)) as net_amount,
        cast(tax_amount as numeric(18, 5)) as tax_amount
    from typed
)

select * from described
