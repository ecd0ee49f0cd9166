{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_stale_rows(ref('int_customer_candidates'), ['version_no', 'other_version_no']) }}"
) }}
-- One row per two customers that are compared: how alike they are, one letter per field (seed
-- customer_match_levels; = is equal, 1 names swapped, - missing in one of the two). Depends on the
-- two records alone, so that a pair is compared once, and again only when one of them changed.
with candidates as (
    select * from {{ ref('int_customer_candidates') }}
),

features as (
    select * from {{ ref('int_customer_features') }}
),

new_pairs as (
    select candidates.*
    from candidates
    {%- if is_incremental() %}
        where not exists (
                select 1 from {{ this }} as known
                where known.version_no = candidates.version_no
                    and known.other_version_no = candidates.other_version_no
            )
    {%- endif %}
),

compared as (
    select
        new_pairs.version_no,
        new_pairs.other_version_no,
        {%- for level in person_levels().values() %}
            {{ level }} {{- ' ||' if not loop.last }}
        {%- endfor %} as levels
    from new_pairs
    inner join features as one on new_pairs.record_no = one.record_no
    inner join features as two on new_pairs.other_no = two.record_no
)

select * from compared
