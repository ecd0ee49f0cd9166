{{ config(materialized='table') }}
-- One row per product and group of three letters of its name. The rarer a group in the business,
-- the more it weighs.
with records as (
    select
        record_no,
        business_id,
        ' ' || replace(name_text, '-', '') || ' ' as letters_of_name
    from {{ ref('int_product_records') }}
    where record_no = twin_no and name_text is not null
),

cut as (
    {{ letter_groups('records', ['record_no', 'business_id'], 'letters_of_name') }}
),

sizes as (
    select business_id, count(*) as records
    from records
    group by business_id
),

counted as (
    select business_id, letters, count(*) as holders
    from cut
    group by business_id, letters
),

weights as (
    select
        counted.business_id,
        counted.letters,
        row_number() over (order by counted.business_id, counted.letters) as letters_no,
        {{ rarity('sizes.records', 'counted.holders', steps=1) }} as weight
    from counted
    inner join sizes on counted.business_id = sizes.business_id
),

weighed as (
    select cut.record_no, weights.letters_no, weights.weight
    from cut
    inner join weights on cut.business_id = weights.business_id and cut.letters = weights.letters
)

select * from weighed
