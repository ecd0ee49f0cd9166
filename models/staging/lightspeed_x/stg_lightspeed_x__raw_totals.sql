{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per current raw sale: what its payload adds up to, read apart from the models that are
-- checked against it.
with versions as (
    select
        raw.record_hash as _version_id,
        raw.account_id,
        raw.record_id,
        {{ json_payload('raw.payload') }} as payload
    from {{ source('raw_lightspeed_x', 'sales') }} as raw
    where
        raw._dlt_valid_to is null
        {% if is_incremental() %}
            and not exists (
                select 1 from {{ this }} as done
                where done._version_id = raw.record_hash
            )
        {% endif %}
),

headers as (
    {{ json_fields('versions', ['id', 'total_price', 'total_tax']) }}
),

measured as (
    select
        cast(_version_id as varchar) as _version_id,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id,
        cast(nullif(trim("id"), '') as varchar) as sale_id,
        {{ to_number('"total_price"') }}
        + coalesce({{ to_number('"total_tax"') }}, 0) as total_amount,
        cast(
            {{ json_array_sum('payload', 'line_items', 'total_price') }}
            + {{ json_array_sum('payload', 'line_items', 'total_tax') }} as numeric(38, 10)
        ) as lines_amount,
        cast({{ json_array_count('payload', 'line_items') }} as bigint) as line_rows,
        cast({{ json_array_count('payload', 'payments') }} as bigint) as payment_rows,
        cast(
            {{ json_array_sum('payload', 'payments', 'amount') }} as numeric(38, 10)
        ) as payment_amount
    from headers
)

select * from measured
