{{ config(materialized='table') }}
-- One row per two products of one business, in different accounts, that share a code; the strongest
-- shared code speaks: a valid barcode, then a supplier's code (of the same supplier where both name
-- one), then a SKU. A code on more than 20 products of an account tells nothing.
with product_names as (
    select * from {{ ref('int_product_names') }}
),

product_codes as (
    select * from {{ ref('int_product_codes') }}
    where is_valid_gtin
),

held as (
    select distinct
        product_names.record_key,
        1 as method_rank,
        'barcode' as method,
        lpad(product_codes.code, 14, '0') as code,
        product_codes.code as code_as_written
    from product_codes
    inner join product_names
        on product_codes.account_id = product_names.account_id
        and product_codes.product_id = product_names.product_id
    union all
    select
        record_key,
        2 as method_rank,
        'supplier_code' as method,
        supplier_code as code,
        supplier_code as code_as_written
    from product_names
    where supplier_code is not null
    union all
    select
        record_key,
        3 as method_rank,
        'sku' as method,
        sku_code as code,
        sku_as_written as code_as_written
    from product_names
    where sku_code is not null
),

counted as (
    select
        held.*,
        product_names.account_id,
        product_names.business_id,
        product_names.seniority,
        product_names.supplier_words,
        count(*) over (
            partition by product_names.account_id, held.method, held.code
        ) as holders
    from held
    inner join product_names on held.record_key = product_names.record_key
),

shared as (
    select
        newer.record_key,
        older.record_key as other_key,
        newer.account_id,
        older.account_id as other_account_id,
        newer.method_rank,
        newer.method,
        newer.code_as_written as code,
        newer.code_as_written = older.code_as_written as is_written_alike,
        row_number() over (
            partition by newer.record_key, older.record_key
            order by
                newer.method_rank,
                case when newer.code_as_written = older.code_as_written then 0 else 1 end,
                newer.code_as_written
        ) as place
    from counted as newer
    inner join counted as older
        on newer.business_id = older.business_id
        and newer.method = older.method
        and newer.code = older.code
        and newer.account_id <> older.account_id
        and newer.seniority > older.seniority
    where newer.holders <= 20
        and older.holders <= 20
        and (
            newer.method <> 'supplier_code'
            or coalesce(newer.supplier_words = older.supplier_words, true)
        )
),

strongest as (
    select
        record_key,
        other_key,
        account_id,
        other_account_id,
        method_rank,
        method,
        code,
        is_written_alike
    from shared
    where place = 1
)

select * from strongest
