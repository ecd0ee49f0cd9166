{{ config(enabled='files' in var('pos_sources')) }}
-- One row per current raw line: what its payload says it is worth, read apart from the models that
-- are checked against it.
with versions as (
    select
        raw.record_hash as _version_id,
        raw.account_id,
        raw.record_id,
        {{ json_payload('raw.payload', '_mapped') }} as payload
    from {{ source('raw_files', 'sale_lines') }} as raw
    where
        raw._dlt_valid_to is null
        {% if is_incremental() %}
            and not exists (
                select 1 from {{ this }} as done
                where done._version_id = raw.record_hash
            )
        {% endif %}
),

fields as (
    {{ json_fields('versions', [
        'sale_id', 'quantity', 'unit_price', 'discount_amount', 'net_amount', 'tax_amount'
    ]) }}
),

numbers as (
    select
        _version_id,
        account_id,
        record_id,
        "sale_id" as sale_id,
        coalesce({{ to_number('"quantity"') }}, 0) as quantity,
        coalesce({{ to_number('"unit_price"') }}, 0) as unit_price,
        coalesce({{ to_number('"discount_amount"') }}, 0) as discount_amount,
        {{ to_number('"net_amount"') }} as net_amount,
        coalesce({{ to_number('"tax_amount"') }}, 0) as tax_amount
    from fields
),

measured as (
    select
        cast(_version_id as varchar) as _version_id,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id,
        cast(sale_id as varchar) as sale_id,
        cast(quantity as numeric(38, 10)) as quantity,
        cast(
            coalesce(net_amount, {{ multiply('quantity', 'unit_price') }} - discount_amount, 0)
            + tax_amount as numeric(38, 10)
        ) as total_amount
    from numbers
)

select * from measured
