{{ config(materialized='table') }}
-- One row per product and code that may be the same in another till: barcodes with a right check
-- digit, supplier's codes, SKUs; with how many products of the account hold it.
with records as (
    select * from {{ ref('int_product_records') }}
),

product_codes as (
    select * from {{ ref('int_product_codes') }}
    where is_valid_gtin
),

keys as (
    select
        records.twin_no as record_no,
        'barcode' as kind,
        lpad(product_codes.code, 14, '0') as code
    from product_codes
    inner join records
        on product_codes.account_id = records.account_id
        and product_codes.product_id = records.product_id
    union
    select twin_no as record_no, 'supplier_code' as kind, supplier_code as code
    from records
    where supplier_code is not null
    union
    select twin_no as record_no, 'sku' as kind, sku_code as code
    from records
    where sku_code is not null
),

counted as (
    select
        keys.record_no,
        records.business_id,
        records.account_rank,
        keys.kind,
        keys.code,
        count(*) over (
            partition by records.business_id, records.account_rank, keys.kind, keys.code
        ) as holders
    from keys
    inner join records on keys.record_no = records.record_no
)

select * from counted
