-- One row per account and entity: whether every record and every cent of the till is in the facts.
with integrity as (
    select * from {{ ref('fct_integrity') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

described as (
    select
        integrity.account_id,
        accounts.till_name,
        integrity.entity,
        cast(sum(integrity.raw_rows) as bigint) as raw_rows,
        cast(sum(integrity.rejected_rows) as bigint) as rejected_rows,
        cast(sum(integrity.staging_rows) as bigint) as staging_rows,
        cast(sum(integrity.conformed_rows) as bigint) as conformed_rows,
        cast(sum(integrity.fact_rows) as bigint) as fact_rows,
        cast(sum(integrity.raw_amount) as numeric(18, 5)) as raw_amount,
        cast(sum(integrity.fact_amount) as numeric(18, 5)) as fact_amount,
        cast(sum(integrity.difference_cents) * 0.01 as numeric(18, 5)) as difference_amount,
        cast(
            case
                when max(integrity.status) = 'ok' and min(integrity.status) = 'ok' then 'ok'
                else 'differs'
            end as varchar
        ) as status
    from integrity
    inner join accounts on integrity.account_id = accounts.account_id
    group by integrity.account_id, accounts.till_name, integrity.entity
)

select * from described
