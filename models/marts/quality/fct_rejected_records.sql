-- One row per till, kind of record, field and reason for which some could not be used as they came;
-- int_rejected_records lists each of them.
with rejected as (
    select * from {{ ref('int_rejected_records') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

described as (
    select
        rejected.account_id,
        accounts.till_name,
        rejected.entity,
        rejected.field,
        rejected.reason,
        cast(count(*) as bigint) as cases
    from rejected
    left join accounts on rejected.account_id = accounts.account_id
    group by
        rejected.account_id, accounts.till_name, rejected.entity, rejected.field, rejected.reason
)

select * from described
