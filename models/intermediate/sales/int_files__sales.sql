{{ config(enabled='files' in var('pos_sources'), materialized='table') }}
-- One row per sale of a file drop. Sales without a header record are made from their lines.
-- _version_id stands for the header, all its lines and the signs they get: a return of the account
-- that is signed changes the signs of others.
with headers as (
    select * from {{ ref('stg_files__sales') }}
    where sale_id is not null
),

lines as (
    select * from {{ ref('int_files__line_totals') }}
),

joined as (
    select
        coalesce(headers._version_id, '') || coalesce(lines._version_id, '') as both_versions,
        coalesce(headers.account_id, lines.account_id) as account_id,
        coalesce(headers.sale_id, lines.sale_id) as sale_id,
        coalesce(headers.receipt_number, lines.receipt_number) as receipt_number,
        coalesce(headers.location_id, lines.location_id, 'main') as location_id,
        coalesce(headers.register_id, lines.register_id) as register_id,
        coalesce(headers.employee_id, lines.employee_id) as employee_id,
        coalesce(headers.customer_id, lines.customer_id) as customer_id,
        upper(coalesce(headers.status, lines.status, 'SALE')) as source_status,
        headers.return_of_sale_id,
        coalesce(headers.sold_at, lines.sold_at) as sold_at,
        coalesce(headers.extracted_at, lines.extracted_at) as extracted_at,
        coalesce(headers.is_return, lines.is_return, false) as is_return,
        lines.returns_unsigned,
        headers.total_amount,
        headers.net_amount,
        headers.tax_amount,
        headers.discount_amount,
        lines.net_amount as lines_net_amount,
        lines.tax_amount as lines_tax_amount,
        headers.note
    from headers
    full outer join lines
        on headers.account_id = lines.account_id and headers.sale_id = lines.sale_id
),

-- A till that never signs its returns: the mapping says which they are. The lines of any return of
-- the account tell, and where no return has lines, their headers.
turned as (
    select
        joined.*,
        case
            when is_return and coalesce(total_amount, net_amount, 0) >= 0 and 1 in (
                    max(case when returns_unsigned then 1 end) over (partition by account_id),
                    min(
                        case
                            when is_return and returns_unsigned is not null then 0
                            when is_return then sign(nullif(coalesce(total_amount, net_amount), 0))
                        end
                    ) over (partition by account_id)
                ) then -1
            else 1
        end as header_sign
    from joined
),

totals as (
    select
        turned.*,
        header_sign * coalesce(total_amount, net_amount + coalesce(tax_amount, 0)) as stated_total
    from turned
),

-- Some tills write the lines of a return without a sign; the header tells.
signed as (
    select
        totals.*,
        case
            when stated_total is null then header_sign
            when stated_total < 0 and lines_net_amount > 0 then -1
            else 1
        end as line_sign
    from totals
),

taxed as (
    select
        signed.*,
        coalesce(header_sign * tax_amount, line_sign * lines_tax_amount, 0) as known_tax,
        case when stated_total < 0 then -1 else 1 end * abs(discount_amount) as order_discount
    from signed
),

stated as (
    select
        taxed.*,
        coalesce(header_sign * net_amount, stated_total - known_tax) as stated_net
    from taxed
),

translated as (
    select
        {{ dbt.hash(concat_for_hash(['both_versions', 'header_sign', 'line_sign'])) }}
            as _version_id,
        account_id,
        sale_id,
        coalesce(receipt_number, sale_id) as receipt_number,
        location_id,
        register_id,
        employee_id,
        customer_id,
        source_status,
        'pos' as sales_channel,
        return_of_sale_id,
        sold_at,
        sold_at as opened_at,
        cast(null as timestamp) as updated_at,
        extracted_at,
        false as is_deleted,
        cast(stated_net as numeric(38, 10)) as stated_net,
        cast(
            case when stated_total is not null then known_tax end as numeric(38, 10)
        ) as stated_tax,
        cast(stated_total as numeric(38, 10)) as stated_total,
        -- An order discount that the lines do not hold yet is still to be shared among them.
        cast(case
            when abs(line_sign * lines_net_amount - order_discount - stated_net) <= 0.05
                and order_discount <> 0
                then order_discount
            else 0
        end as numeric(38, 10)) as stated_order_discount,
        cast(0 as numeric(38, 10)) as stated_adjustments,
        cast(0 as numeric(38, 10)) as stated_discount_adjustments,
        header_sign,
        line_sign,
        note
    from stated
)

select * from translated
