{{ config(materialized='table', pre_hook='{{ no_nested_loops() }}') }}
-- One row per candidate pair: how alike the names are letter by letter, as the cosine of their
-- groups of three letters, each weighing ln(N / holders), in ten-thousandths.
with candidates as (
    select record_no, other_no from {{ ref('int_product_candidates') }}
),

records as (
    select
        record_no,
        business_id,
        ' ' || replace(name_text, '-', '') || ' ' as letters_of_name
    from {{ ref('int_product_records') }}
    where record_no = twin_no and name_text is not null
),

cut as materialized (
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
        {{ points('ln(' ~ quotient('sizes.records', 'counted.holders') ~ ')') }} as weight
    from counted
    inner join sizes on counted.business_id = sizes.business_id
),

weighed as materialized (
    select cut.record_no, weights.letters_no, weights.weight * weights.weight as squared
    from cut
    inner join weights on cut.business_id = weights.business_id and cut.letters = weights.letters
),

lengths as (
    select record_no, sqrt(cast(sum(squared) as double precision)) as length
    from weighed
    group by record_no
),

sought as materialized (
    select candidates.record_no, candidates.other_no, weighed.letters_no, weighed.squared
    from candidates
    inner join weighed on candidates.record_no = weighed.record_no
),

shared as (
    select sought.record_no, sought.other_no, sum(sought.squared) as squared
    from sought
    inner join weighed
        on sought.other_no = weighed.record_no and sought.letters_no = weighed.letters_no
    group by sought.record_no, sought.other_no
),

alike as (
    select
        shared.record_no,
        shared.other_no,
        {{ points(quotient(quotient('shared.squared', 'one.length'), 'two.length')) }}
            as letters_cosine
    from shared
    inner join lengths as one on shared.record_no = one.record_no
    inner join lengths as two on shared.other_no = two.record_no
)

select * from alike
