{{ config(materialized='table') }}
-- One row per product and colour, size or side that its name tells, or its description, for
-- colours.
with tokens as (
    select record_no, token from {{ ref('int_product_tokens') }}
),

described as (
    select record_no, token from {{ ref('int_product_described') }}
),

variant_words as (
    select * from {{ ref('variant_words') }}
),

told as (
    select tokens.record_no, variant_words.kind, variant_words.meaning
    from tokens
    inner join variant_words on tokens.token = variant_words.word
    union
    select described.record_no, variant_words.kind, variant_words.meaning
    from described
    inner join variant_words on described.token = variant_words.word
    where variant_words.kind = 'colour'
)

select * from told
