{{ config(enabled='lightspeed_k' in var('pos_sources')) }}
-- One row per layer (raw, staging), entity and sale: its rows and money there. Charges, tips,
-- surcharges and rounding, which the till keeps on lines and payments, are lines of ours.
with raw_records as (
    select * from {{ ref('stg_lightspeed_k__raw_records') }}
    where entity = 'sales'
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

records as (
    select
        'raw' as layer, _version_id, account_id,
        case when record_id not like '%|no-id:%' then record_id end as sale_id
    from raw_records
    union all
    select
        'staging' as layer, _version_id, account_id,
        case when account_fisc_id is not null then record_id end as sale_id
    from {{ ref('stg_lightspeed_k__sales') }}
),

entries as (
    select
        'raw' as layer, _version_id, item_path = 'payments' as is_payment, amount_with_tax,
        amount_without_tax, tax_amount, is_tax_included, service_charge, net_amount, tip,
        surcharge, rounding_amount
    from {{ ref('stg_lightspeed_k__raw_amounts') }}
    union all
    select
        'staging' as layer, _version_id, false as is_payment, amount_with_tax,
        amount_without_tax, tax_amount, is_tax_included, service_charge, null as net_amount,
        null as tip, null as surcharge, null as rounding_amount
    from {{ ref('stg_lightspeed_k__sale_lines') }}
    union all
    select
        'staging' as layer, _version_id, true as is_payment, null as amount_with_tax,
        null as amount_without_tax, null as tax_amount, null as is_tax_included,
        null as service_charge, net_amount, tip, surcharge, rounding_amount
    from {{ ref('stg_lightspeed_k__sale_payments') }}
),

summed as (
    select
        layer,
        _version_id,
        sum(case when is_payment then 0 else 1 end)
        + sum(case when coalesce(service_charge, 0) <> 0 then 1 else 0 end)
        + case when coalesce(sum(tip), 0) <> 0 then 1 else 0 end
        + case when coalesce(sum(surcharge), 0) <> 0 then 1 else 0 end
        + case when coalesce(sum(rounding_amount), 0) <> 0 then 1 else 0 end as line_rows,
        sum(case when is_payment then 1 else 0 end) as payment_rows,
        sum({{ lightspeed_k_paid() }}) as paid,
        sum(
            case
                when is_payment then 0
                when is_tax_included = false or amount_with_tax is null
                    then
                        coalesce(amount_without_tax, 0) + coalesce(tax_amount, 0)
                        + coalesce(service_charge, 0)
                else amount_with_tax
            end
        ) as line_total
    from entries
    group by layer, _version_id
),

totalled as (
    select
        records.layer,
        records.account_id,
        records.sale_id,
        coalesce(summed.line_rows, 0) as line_rows,
        coalesce(summed.payment_rows, 0) as payment_rows,
        summed.paid,
        round(
            case
                when summed.payment_rows > 0 then summed.paid
                else coalesce(summed.line_total, 0)
            end * accounts.units_per_major, 0
        ) * accounts.minor_unit as total
    from records
    inner join accounts on records.account_id = accounts.account_id
    left join summed
        on records.layer = summed.layer and records._version_id = summed._version_id
),

measures as (
    select layer, 'sales' as entity, account_id, sale_id, 1 as row_count, total as amount
    from totalled
    union all
    select
        layer, 'sale_lines' as entity, account_id, sale_id, line_rows as row_count,
        null as amount
    from totalled
    union all
    select
        layer, 'payments' as entity, account_id, sale_id, payment_rows as row_count,
        paid as amount
    from totalled
)

select * from measures
