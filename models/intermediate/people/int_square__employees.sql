{{ config(enabled='square' in var('pos_sources')) }}
-- One row per team member, and one per member that only payments, refunds or timecards name.
with team_members as (
    select * from {{ ref('stg_square__team_members') }}
    where team_member_id is not null
),

named as (
    select account_id, team_member_id from {{ ref('stg_square__payments') }}
    union
    select account_id, team_member_id from {{ ref('stg_square__refunds') }}
    union
    select account_id, team_member_id from {{ ref('stg_square__timecards') }}
),

translated as (
    select
        account_id,
        team_member_id as employee_id,
        cast(nullif(concat_ws(' ', given_name, family_name), '') as varchar) as employee_name,
        email_address as email,
        cast(coalesce(job_title, case when is_owner then 'owner' end) as varchar) as role,
        coalesce(status, 'ACTIVE') <> 'INACTIVE' as is_active,
        false as is_from_sales
    from team_members
    union all
    select
        account_id,
        team_member_id as employee_id,
        null as employee_name,
        null as email,
        null as role,
        null as is_active,
        true as is_from_sales
    from named
    where team_member_id is not null
        and not exists (
            select 1 from team_members
            where team_members.account_id = named.account_id
                and team_members.team_member_id = named.team_member_id
        )
)

select * from translated
