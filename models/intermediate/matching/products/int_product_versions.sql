{{ config(materialized='table') }}
-- One row per product that is compared, with a number that stands for all that the comparison of
-- its name reads: its words and letters with what they weigh, the words that tell products like it
-- apart, and its description. Two products are compared again only when one of these changed.
with records as (
    select * from {{ ref('int_product_records') }}
    where record_no = twin_no
),

tokens as (
    select * from {{ ref('int_product_tokens') }}
),

letters as (
    select * from {{ ref('int_product_letters') }}
),

contrasts as (
    select
        business_id,
        token,
        md5(string_agg(other_token, ' ' order by other_token)) as other_tokens
    from {{ ref('int_product_contrasts') }}
    group by business_id, token
),

words_told as (
    select
        tokens.record_no,
        string_agg(
            {{ concat_for_hash([
                'tokens.token', 'tokens.weight', 'tokens.is_stem',
                'least(tokens.holders_in_account, 3)', 'contrasts.other_tokens',
            ]) }}, ' ' order by tokens.token
        ) as words
    from tokens
    left join contrasts
        on tokens.business_id = contrasts.business_id and tokens.token = contrasts.token
    group by tokens.record_no
),

letters_told as (
    select record_no, string_agg(cast(weight as varchar), ' ' order by letters_no) as weights
    from letters
    group by record_no
),

versions as (
    select
        records.record_no,
        {{ hash_number(concat_for_hash([
            'records.record_key', 'records.name_text', 'records.description_text',
            'words_told.words', 'letters_told.weights',
        ])) }} as version_no
    from records
    left join words_told on records.record_no = words_told.record_no
    left join letters_told on records.record_no = letters_told.record_no
)

select * from versions
