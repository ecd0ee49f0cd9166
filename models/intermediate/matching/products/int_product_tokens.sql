{{ config(materialized='table') }}
-- One row per product and token of its name: its words and codes; codes with a hyphen whole and in
-- parts; codes without the letters behind them (jfs516na: jfs516); two neighbours that another
-- product writes as one word. The rarer a token in the business, the more it weighs.
with records as (
    select * from {{ ref('int_product_records') }}
    where record_no = twin_no
),

named as (
    select
        record_no,
        business_id,
        account_rank,
        -- the maker's code stands in the name of one till and in a column of the other
        trim(coalesce(name_text, '') || ' ' || coalesce(supplier_code, '')) as name_text
    from records
),

words as (
    {{ numbered_words('named', ['record_no', 'business_id', 'account_rank'], 'name_text') }}
),

whole as (
    select
        record_no,
        business_id,
        account_rank,
        place,
        replace(word, '-', '') as word,
        case when strpos(word, '-') > 0 then word end as hyphenated
    from words
    where word <> ''
),

parts as (
    {{ numbered_words('whole', ['record_no', 'business_id', 'account_rank'], 'hyphenated', '-') }}
),

vocabulary as (
    select business_id, word from whole
    union
    select business_id, word from parts
),

joined as (
    select one.record_no, one.business_id, one.account_rank, one.word || two.word as word
    from whole as one
    inner join whole as two
        on one.record_no = two.record_no and one.place + 1 = two.place
),

spelled as (
    select record_no, business_id, account_rank, word from whole
    union
    select record_no, business_id, account_rank, word from parts where length(word) > 1
    union
    select joined.record_no, joined.business_id, joined.account_rank, joined.word
    from joined
    inner join vocabulary
        on joined.business_id = vocabulary.business_id and joined.word = vocabulary.word
    where length(joined.word) > 3
),

stemmed as (
    select
        record_no,
        business_id,
        account_rank,
        {{ without_letters_behind('word') }} as word
    from spelled
    where {{ product_word_kind('word') }} = 'code'
),

tokens as (
    select record_no, business_id, account_rank, word as token, 0 as is_stem from spelled
    union all
    select record_no, business_id, account_rank, word as token, 1 as is_stem
    from stemmed
    where length(word) > 3 and {{ matches('word', '[a-z]') }}
),

distinct_tokens as (
    select record_no, business_id, account_rank, token, min(is_stem) as is_stem
    from tokens
    group by record_no, business_id, account_rank, token
),

counted as (
    select
        distinct_tokens.*,
        count(*) over (partition by business_id, token) as holders,
        count(*) over (partition by business_id, account_rank, token) as holders_in_account
    from distinct_tokens
),

sizes as (
    select business_id, count(*) as records
    from records
    group by business_id
),

weighed as (
    select
        counted.*,
        {{ product_word_kind('counted.token') }} as kind,
        {{ rarity('sizes.records', 'counted.holders', steps=4) }} as weight
    from counted
    inner join sizes on counted.business_id = sizes.business_id
)

select * from weighed
