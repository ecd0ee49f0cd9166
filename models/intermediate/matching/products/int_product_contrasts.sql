{{ config(materialized='table') }}
-- One row per two words that tell products of one till apart: names that are the same but for one
-- word (red and blue, left and right, 24pk and 48pk). Learned from the business's own tills.
-- Names of 2 to 14 words, up to 30 in a row: of one word nothing is left to compare, long rows are
-- model lists. Origin: a judgement, never tuned.
with tokens as (
    select * from {{ ref('int_product_tokens') }}
),

short_names as (
    select record_no
    from tokens
    group by record_no
    having count(*) between 2 and 14
),

short_tokens as (
    select
        tokens.record_no,
        tokens.business_id,
        tokens.account_rank,
        tokens.token,
        tokens.kind
    from tokens
    inner join short_names on tokens.record_no = short_names.record_no
),

without_one as (
    select
        one.business_id,
        one.account_rank,
        one.token,
        string_agg(two.token, ' ' order by two.token) as other_words
    from short_tokens as one
    inner join short_tokens as two on one.record_no = two.record_no and one.token <> two.token
    where one.kind <> 'code'
    group by one.business_id, one.account_rank, one.record_no, one.token
),

alternatives as (
    select
        without_one.*,
        count(*) over (partition by business_id, account_rank, other_words) as tokens_there
    from without_one
),

contrasts as (
    select distinct
        here.business_id,
        here.token,
        there.token as other_token
    from alternatives as here
    inner join alternatives as there
        on here.business_id = there.business_id
        and here.account_rank = there.account_rank
        and here.other_words = there.other_words
    where here.token <> there.token and here.tokens_there between 2 and 30
)

select * from contrasts
