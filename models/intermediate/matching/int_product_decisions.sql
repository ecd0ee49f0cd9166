-- One row per two products that a person has decided on in the seed product_overrides; the last
-- decision on a pair stands. Products of different businesses are never the same.
with overrides as (
    select * from {{ ref('product_overrides') }}
),

product_names as (
    select * from {{ ref('int_product_names') }}
),

decided as (
    select
        case when one.seniority > two.seniority then one.record_key else two.record_key end
            as record_key,
        case when one.seniority > two.seniority then two.record_key else one.record_key end
            as other_key,
        case when one.seniority > two.seniority then one.account_id else two.account_id end
            as account_id,
        case when one.seniority > two.seniority then two.account_id else one.account_id end
            as other_account_id,
        overrides.decision,
        overrides.reason,
        overrides.decided_on
    from overrides
    inner join product_names as one
        on overrides.account_id = one.account_id and overrides.product_id = one.product_id
    inner join product_names as two
        on overrides.other_account_id = two.account_id
        and overrides.other_product_id = two.product_id
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
        account_id,
        other_account_id,
        decision,
        reason
    from ranked
    where place = 1
)

select * from standing
