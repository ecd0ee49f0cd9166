{{ config(materialized='table') }}
-- One row per product and word of its description.
with records as (
    select * from {{ ref('int_product_records') }}
    where record_no = twin_no and description_text is not null
),

words as (
    {{ numbered_words('records', ['record_no'], 'description_text') }}
),

described as (
    select distinct
        record_no,
        replace(word, '-', '') as token
    from words
    where length(word) > 1
)

select * from described
