-- One row per difference that a person has explained.
with notes as (
    select * from {{ ref('reconciliation_notes') }}
)

select * from notes
