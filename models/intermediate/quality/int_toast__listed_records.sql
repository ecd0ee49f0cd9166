{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per layer (raw, staging) and item of the menus.
with raw_records as (
    select * from {{ ref('stg_toast__raw_records') }}
),

staged as (
    select 'products' as entity, account_id, record_id, item_id as listed_id
    from {{ ref('stg_toast__menu_items') }}
),

counted as (
    {{ listed_records('raw_records', 'staged') }}
)

select * from counted
