{{ config(enabled='files' in var('pos_sources')) }}
-- One row per sale that lines of a file name: what its lines say together. _version_id stands for
-- all of them. returns_unsigned: the account writes its returns without a sign, all of them.
with lines as (
    select * from {{ ref('stg_files__sale_lines') }}
    where sale_id is not null
),

headers as (
    select * from {{ ref('stg_files__sales') }}
),

summed as (
    select
        account_id,
        sale_id,
        {{ dbt.hash("string_agg(_version_id, ',' order by _version_id)") }} as _version_id,
        min(sold_at) as sold_at,
        min(extracted_at) as extracted_at,
        max(receipt_number) as receipt_number,
        max(location_id) as location_id,
        max(register_id) as register_id,
        max(employee_id) as employee_id,
        max(customer_id) as customer_id,
        max(status) as status,
        min(case when is_return then 1 else 0 end) = 1 as is_return,
        min(case when is_return then quantity end) as lowest_returned_quantity,
        min(quantity) as lowest_quantity,
        cast(
            sum(
                coalesce(
                    net_amount,
                    {{ multiply('quantity', 'unit_price') }} - coalesce(discount_amount, 0),
                    0
                )
            ) as numeric(38, 10)
        ) as net_amount,
        cast(sum(tax_amount) as numeric(38, 10)) as tax_amount
    from lines
    group by account_id, sale_id
),

returns as (
    select
        summed.account_id,
        min(
            coalesce(
                summed.lowest_returned_quantity,
                case when headers.is_return then summed.lowest_quantity end
            )
        ) as lowest_quantity
    from summed
    left join headers
        on summed.account_id = headers.account_id and summed.sale_id = headers.sale_id
    group by summed.account_id
),

described as (
    select
        summed.*,
        coalesce(returns.lowest_quantity > 0, false) as returns_unsigned
    from summed
    inner join returns on summed.account_id = returns.account_id
)

select * from described
