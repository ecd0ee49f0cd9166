{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair with words that are not the same and yet alike: one begins or ends
-- with the other, or a letter differs (two of eight and more). What they add to the words in
-- common: 85 or 90 of a hundred of the smaller weight, squared; each word counts once.
with left_tokens as (
    select * from {{ ref('int_product_left_tokens') }}
),

only_here as (
    select * from left_tokens where is_here
),

only_there as (
    select * from left_tokens where not is_here
),

-- only what begins or ends alike is compared: few are, and all that could be similar
met as (
    select distinct here.token, there.token as other_token, here.kind
    from only_here as here
    inner join only_there as there
        on here.record_no = there.record_no
        and here.other_no = there.other_no
        and here.kind = there.kind
    where here.kind <> 'number'
        and least(length(here.token), length(there.token)) between 4 and 60
        and (
            substr(here.token, 1, 2) = substr(there.token, 1, 2)
            or right(here.token, 3) = right(there.token, 3)
        )
),

alike_words as (
    select
        token,
        other_token,
        case
            when strpos(other_token, token) = 1 or strpos(token, other_token) = 1 then 85
            when kind = 'code' then 0
            when right(other_token, length(token)) = token then 85
            when right(token, length(other_token)) = other_token then 85
            when
                {{ edit_distance('token', 'other_token') }}
                <= case when least(length(token), length(other_token)) >= 8 then 2 else 1 end
                then 90
            else 0
        end as alike
    from met
),

ranked as (
    select
        here.record_no,
        here.other_no,
        case when here.kind = 'code' then 1 else 0 end as is_code,
        {{ whole_part(
            'alike_words.alike * least(here.weight, there.weight) * least(here.weight, there.weight)', '100'
        ) }} as worth,
        row_number() over (
            partition by here.record_no, here.other_no, here.token
            order by alike_words.alike * least(here.weight, there.weight) desc, there.token
        ) as place,
        row_number() over (
            partition by here.record_no, here.other_no, there.token
            order by alike_words.alike * least(here.weight, there.weight) desc, here.token
        ) as other_place
    from only_here as here
    inner join only_there as there
        on here.record_no = there.record_no and here.other_no = there.other_no
    inner join alike_words
        on here.token = alike_words.token and there.token = alike_words.other_token
    where alike_words.alike > 0
),

paired as (
    select
        record_no,
        other_no,
        cast(sum(worth) as bigint) as similar_squared,
        max(is_code) as similar_code
    from ranked
    where place = 1 and other_place = 1
    group by record_no, other_no
)

select * from paired
