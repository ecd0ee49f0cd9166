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
    {{ employees_only_named('named', 'team_members', 'team_member_id') }}
)

select * from translated
