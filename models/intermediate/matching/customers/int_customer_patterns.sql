{{ config(materialized='table') }}
-- One row per two customers that are compared: the pattern of what was found, ten letters. The
-- first tells whether both are of one account (w) or of two (x); then one per field: how alike they
-- are, and where they are equal, how many customers hold the value (holders).
with candidates as (
    select * from {{ ref('int_customer_candidates') }}
),

comparisons as (
    select * from {{ ref('int_customer_comparisons') }}
),

features as (
    select * from {{ ref('int_customer_features') }}
),

nicknames as (
    select * from {{ ref('nicknames') }}
),

forms as (
    select full_name, nickname as form from nicknames
    union
    select full_name, full_name as form from nicknames
),

known_forms as (
    select distinct here.form as given, there.form as other_given
    from forms as here
    inner join forms as there on here.full_name = there.full_name
    where here.form <> there.form
),

named as (
    select
        features.*,
        features.given in (select forms.form from forms) as is_listed,
        length(features.given) > 1 and substr(features.holders, 1, 1) >= 'c' as is_borne
    from features
),

patterned as (
    select
        candidates.record_no,
        candidates.other_no,
        one.business_id,
        candidates.is_led,
        candidates.is_random,
        case when one.account_id = two.account_id then 'w' else 'x' end
        {%- for field in person_fields() %}
            || case
                {%- if field == 'given' %}
                    when known_forms.given is not null then '2'
                    when substr(comparisons.levels, 1, 1) in ('4', '5', '9')
                        and {{ both_in_use() }} then '8'
                {%- endif %}
                {%- if field in ('given', 'surname', 'phone') %}
                    {%- set place = loop.index if field == 'phone' else 3 - loop.index %}
                    when substr(comparisons.levels, {{ loop.index }}, 1) = '1' then greatest(
                            substr(one.holders, {{ loop.index }}, 1),
                            substr(two.holders, {{ place }}, 1)
                        )
                {%- endif %}
                when substr(comparisons.levels, {{ loop.index }}, 1) = '='
                    then substr(one.holders, {{ loop.index }}, 1)
                else substr(comparisons.levels, {{ loop.index }}, 1)
            end
        {%- endfor %} as pattern
    from candidates
    inner join comparisons
        on candidates.version_no = comparisons.version_no
        and candidates.other_version_no = comparisons.other_version_no
    inner join named as one on candidates.record_no = one.record_no
    inner join named as two on candidates.other_no = two.record_no
    left join known_forms
        on one.given = known_forms.given and two.given = known_forms.other_given
)

select * from patterned
