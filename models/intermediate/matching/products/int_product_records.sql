{{ config(materialized='table', meta={'is_checkpoint': true}) }}
-- One row per product of an account in a form that can be compared. Products of one account with
-- the same SKU and name, or alike in all that is known of them, are one for the comparison, for
-- each would be the other's rival (twin_no, the most senior of up to five). record_no counts by
-- seniority: the older till, the older record, the id. The price, which changes most often, is
-- not among it.
-- Up to five, and 2,000 letters of a description: what a page shows, never tuned.
with products as (
    select * from {{ ref('int_products') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

product_codes as (
    select * from {{ ref('int_product_codes') }}
    where is_valid_gtin
),

barcodes as (
    select
        account_id,
        product_id,
        min(lpad(code, 14, '0')) as barcode
    from product_codes
    group by account_id, product_id
),

prepared as (
    select
        products.account_product_key as record_key,
        products.account_id,
        products.product_id,
        products.business_id,
        accounts.account_rank,
        row_number() over (order by products.business_id, products.seniority) as record_no,
        products.product_name,
        nullif({{ product_text('products.product_name') }}, '') as name_text,
        nullif({{ product_text('substr(products.description, 1, 2000)') }}, '') as description_text,
        nullif({{ product_text('products.brand') }}, '') as brand_text,
        nullif({{ product_text('products.category') }}, '') as category_text,
        barcodes.barcode,
        {{ told_code("lower(translate(products.supplier_code, ' -./', ''))") }} as supplier_code,
        nullif({{ normalised_text('products.supplier_name') }}, '') as supplier_words,
        {{ told_code('upper(trim(products.sku))') }} as sku_code
    from products
    inner join accounts on products.account_id = accounts.account_id
    left join barcodes
        on products.account_id = barcodes.account_id
        and products.product_id = barcodes.product_id
),

alike as (
    select
        prepared.record_key,
        case
            when
                prepared.sku_code is not null
                and count(*) over (
                    partition by prepared.account_id, prepared.sku_code, prepared.name_text
                ) > 1
                then {{ concat_for_hash([
                    'prepared.account_id', 'prepared.sku_code', 'prepared.name_text'
                ]) }}
            else {{ concat_for_hash([
                'prepared.account_id', 'prepared.name_text', 'prepared.description_text',
                'prepared.brand_text', 'prepared.category_text', 'prepared.barcode',
                'prepared.supplier_code', 'case when products.price > 0 then products.price end'
            ]) }}
        end as facts
    from prepared
    inner join products on prepared.record_key = products.account_product_key
),

held as (
    select
        prepared.*,
        first_value(prepared.record_no) over (
            partition by alike.facts order by prepared.record_no
        ) as first_no,
        count(*) over (partition by alike.facts) as twins,
        count(*) over (partition by prepared.account_id, prepared.name_text) as name_holders
    from prepared
    inner join alike on prepared.record_key = alike.record_key
),

twinned as (
    select
        held.*,
        case when twins <= 5 and name_text is not null then first_no else record_no end
            as twin_no
    from held
)

select * from twinned
