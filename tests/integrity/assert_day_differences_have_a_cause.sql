-- What: wherever the till's own total of a day differs from ours, by a cent even, causes explain
-- all of it.
-- When it fails: the rows below name till, day and figure; fct_reconciliation_entries lists the
-- sales and payments of that day.
-- What to do: mend what is wrong in the till or the file; or say why it is right, in
-- seeds/mapping/reconciliation_notes.csv.
-- depends_on: {{ ref('rpt_reconciliation') }}
with reconciliation as (
    select * from {{ ref('fct_reconciliation') }}
),

unexplained as (
    select
        account_id,
        location_key,
        business_date,
        measure,
        their_amount,
        our_amount,
        difference_cents,
        unexplained_cents,
        cause
    from reconciliation
    where unexplained_cents <> 0
)

select * from unexplained
