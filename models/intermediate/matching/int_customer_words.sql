{{ config(materialized='table') }}
-- One row per customer of an account and word of the name.
with customer_names as (
    select * from {{ ref('int_customer_names') }}
),

split as (
    select
        record_key,
        {{ split_rows('name_words', "' '") }} as word
    from customer_names
),

words as (
    select distinct
        record_key,
        word
    from split
    where word <> ''
)

select * from words
