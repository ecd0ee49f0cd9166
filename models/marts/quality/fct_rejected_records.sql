-- One row per till, kind of record and reason for which some of it could not be used as it came;
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
        rejected.reason,
        cast(count(*) as bigint) as cases
    from rejected
    left join accounts on rejected.account_id = accounts.account_id
    group by rejected.account_id, accounts.till_name, rejected.entity, rejected.reason
)

select * from described
