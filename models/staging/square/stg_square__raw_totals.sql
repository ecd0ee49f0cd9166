{{ config(enabled='square' in var('pos_sources')) }}
-- One row per current raw order: what its payload adds up to, read apart from the models that are
-- checked against it. Money in the smallest unit of its currency.
with versions as (
    select
        raw.record_hash as _version_id,
        raw.account_id,
        raw.record_id,
        {{ json_payload('raw.payload') }} as payload
    from {{ source('raw_square', 'orders') }} as raw
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
    {{ json_fields('versions', [
        'id', 'total_money.amount', 'net_amounts.total_money.amount',
        'return_amounts.total_money.amount', 'total_tip_money.amount',
        'net_amounts.tip_money.amount', 'return_amounts.tip_money.amount',
        'rounding_adjustment.amount_money.amount',
        'returns.0.rounding_adjustment.amount_money.amount',
    ]) }}
),

numbers as (
    select
        _version_id,
        account_id,
        record_id,
        nullif(trim("id"), '') as sale_id,
        {{ to_number('"net_amounts__total_money__amount"') }} as net_units,
        {{ to_number('"total_money__amount"') }} as sale_units,
        {{ to_number('"return_amounts__total_money__amount"') }} as return_units,
        coalesce(
            {{ to_number('"net_amounts__tip_money__amount"') }},
            coalesce({{ to_number('"total_tip_money__amount"') }}, 0)
            - coalesce({{ to_number('"return_amounts__tip_money__amount"') }}, 0)
        ) as tip_units,
        coalesce({{ to_number('"rounding_adjustment__amount_money__amount"') }}, 0)
        - coalesce({{ to_number('"returns__0__rounding_adjustment__amount_money__amount"') }}, 0)
            as rounding_units,
        {{ json_array_count('payload', 'line_items') }}
        + {{ json_array_count('payload', 'returns.return_line_items') }}
        + {{ json_array_count('payload', 'service_charges') }}
        + {{ json_array_count('payload', 'returns.return_service_charges') }} as entries
    from headers
),

measured as (
    select
        cast(_version_id as varchar) as _version_id,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id,
        cast(sale_id as varchar) as sale_id,
        cast(
            coalesce(
                net_units, coalesce(sale_units, 0) - coalesce(return_units, 0)
            ) as numeric(38, 10)
        ) as total_units,
        cast(
            entries
            + case when tip_units <> 0 then 1 else 0 end
            + case when rounding_units <> 0 then 1 else 0 end as bigint
        ) as line_rows
    from numbers
)

select * from measured
