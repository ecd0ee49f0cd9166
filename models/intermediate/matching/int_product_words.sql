{{ config(materialized='table') }}
-- One row per product of an account and word of its name.
with product_names as (
    select * from {{ ref('int_product_names') }}
),

split as (
    select
        record_key,
        {{ split_rows('name_words', "' '") }} as word
    from product_names
),

words as (
    select distinct
        record_key,
        word
    from split
    where word <> ''
)

select * from words
