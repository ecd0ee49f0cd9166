{{ config(enabled='lightspeed_k' in var('pos_sources'), materialized='view') }}
-- One row per location that the till has ever listed, in its last version: one that disappeared is
-- closed in raw, and stays here.
with ranked as (
    select
        raw.account_id,
        raw.record_id,
        raw.record_hash as _version_id,
        raw.payload as raw_payload,
        cast(timezone('UTC', raw.extracted_at) as timestamp) as extracted_at,
        raw._dlt_valid_to is not null as is_gone,
        row_number() over (
            partition by raw.account_id, raw.record_id
            order by raw._dlt_valid_from desc, raw._dlt_id
        ) as place
    from {{ source('raw_lightspeed_k', 'locations') }} as raw
),

latest as (
    select
        account_id, record_id, _version_id, raw_payload, extracted_at, is_gone,
        {{ json_payload('raw_payload') }} as payload
    from ranked
    where place = 1
),

fields as (
    {{ json_fields('latest', ['blID', 'blName', 'timezone', 'country']) }}
),

named as (
    select
        cast(_version_id as varchar) as _version_id,
        cast(account_id as varchar) as account_id,
        cast(record_id as varchar) as record_id,
        extracted_at,
        is_gone,
        cast({{ field_text('blID') }} as varchar) as location_id,
        cast({{ field_text('blName') }} as varchar) as name,
        cast({{ field_text('timezone') }} as varchar) as time_zone,
        cast({{ field_text('country') }} as varchar) as country
    from fields
)

select * from named
