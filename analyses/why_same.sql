-- Why are two records the same, or why not? Field by field, what weighs most first; positive
-- weights speak for the same. kind is customer or product, one and other are the tills' own ids:
--   dbt show --select why_same --vars '{kind: customer, one: "C-17", other: "0042"}'
-- No line: they share nothing that few hold, or were at once too unlike; or are products that share
-- a code or the name, and three of that till that do come closer. Without ids: all pairs.
{%- set kind = var('kind', 'customer') %}
{%- set asked = "('" ~ var('one', '') ~ "', '" ~ var('other', '') ~ "')" %}
{%- set pair = kind ~ '_id in ' ~ asked ~ ' and other_' ~ kind ~ '_id in ' ~ asked %}
{%- set pair = pair if var('one', '') else '1 = 1' %}
with evidence as (
    select * from {{ ref(kind ~ '_link_evidence') }}
),

asked as (
    select
        account_id,
        {{ kind }}_id,
        other_account_id,
        other_{{ kind }}_id,
        score,
        band,
        is_linked,
        decision,
        field,
        value,
        other_value,
        outcome,
        weight,
        evidence_rank
    from evidence
    where {{ pair }}
)

select * from asked
order by account_id, {{ kind }}_id, other_account_id, other_{{ kind }}_id, evidence_rank
