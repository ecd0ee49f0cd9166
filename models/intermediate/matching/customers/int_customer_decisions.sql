-- One row per two customers that a person has decided on in the seed customer_overrides; the last
-- decision on a pair stands. Customers of different businesses are never the same.
with overrides as (
    select * from {{ ref('customer_overrides') }}
),

features as (
    select * from {{ ref('int_customer_features') }}
),

decided as (
    select
        case when one.record_no > two.record_no then one.record_key else two.record_key end
            as record_key,
        case when one.record_no > two.record_no then two.record_key else one.record_key end
            as other_key,
        overrides.decision,
        overrides.reason,
        overrides.decided_on
    from overrides
    inner join features as one
        on overrides.account_id = one.account_id and overrides.customer_id = one.customer_id
    inner join features as two
        on overrides.other_account_id = two.account_id
        and overrides.other_customer_id = two.customer_id
    where one.business_id = two.business_id and one.record_key <> two.record_key
),

ranked as (
    select
        decided.*,
        row_number() over (
            partition by record_key, other_key order by decided_on desc nulls last, decision asc
        ) as place
    from decided
),

standing as (
    select
        record_key,
        other_key,
        decision,
        reason
    from ranked
    where place = 1
)

select * from standing
