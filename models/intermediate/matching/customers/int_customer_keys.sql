{{ config(materialized='table') }}
-- One row per customer and value that may lead to others of the same person: a field, or the
-- beginnings of two. `holders` customers of the business hold it, at least two. A record follows
-- its rarest values first, until they lead to {{ most_partners() }} customers in sum (is_followed);
-- so a value of many never multiplies into pairs of all its holders.
with features as (
    select * from {{ ref('int_customer_features') }}
),

address_words as (
    select record_no, business_id, {{ split_rows('address_words', "' '") }} as word
    from features
),

values_held as (
    {%- for name, value in person_keys().items() %}
        select
            record_no,
            business_id,
            {{ loop.index - (name == 'other phone') }} as kind,
            '{{ name }}' as field,
            {{ value }} as held
        from features
        union all
    {%- endfor %}
    select distinct record_no, business_id, 0 as kind, 'address word' as field, word as held
    from address_words
    where length(word) >= 5
),

counted as (
    select business_id, kind, held, count(*) as holders
    from values_held
    where held is not null
    group by business_id, kind, held
    having count(*) between 2 and {{ most_partners() }}
),

numbered as (
    select
        row_number() over (order by business_id, kind, held) as value_no,
        business_id,
        kind,
        held,
        holders
    from counted
),

leads as (
    select
        values_held.record_no,
        numbered.value_no,
        numbered.holders,
        sum(numbered.holders) over (
            partition by values_held.record_no
            order by numbered.holders, numbered.value_no
            rows between unbounded preceding and current row
        ) as holders_so_far
    from values_held
    inner join numbered
        on values_held.business_id = numbered.business_id
        and values_held.kind = numbered.kind
        and values_held.held = numbered.held
),

followed as (
    select
        record_no,
        value_no,
        holders,
        holders_so_far <= {{ most_partners() }} as is_followed
    from leads
)

select * from followed
