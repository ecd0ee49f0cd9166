{{ config(enabled='lightspeed_x' in var('pos_sources')) }}
-- One row per code of an X-Series product, as the till has it.
with product_codes as (
    select * from {{ ref('stg_lightspeed_x__product_codes') }}
),

translated as (
    select distinct
        account_id,
        record_id as product_id,
        coalesce(code_type, 'custom') as code_type,
        code
    from product_codes
    where code is not null
)

select * from translated
