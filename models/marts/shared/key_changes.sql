-- One row per record and change of its golden key: what it had, what it got, and where the old key
-- leads today. A key in use leads to itself; one that is not leads to the key that most of its last
-- records have now, so that nothing that once stood in a report or another system is lost. A record
-- that left counts with the last key it had.
with product_keys as (
    select * from {{ ref('int_product_golden_keys') }}
),

customer_keys as (
    select * from {{ ref('int_customer_golden_keys') }}
),

product_links as (
    select * from {{ ref('int_product_links') }}
),

customer_links as (
    select * from {{ ref('int_customer_links') }}
),

records as (
    select
        'product' as entity,
        account_id,
        product_id as record_id,
        account_product_key as record_key,
        product_key as golden_key
    from product_links
    union all
    select
        'customer' as entity,
        account_id,
        customer_id as record_id,
        account_customer_key as record_key,
        customer_key as golden_key
    from customer_links
),

in_use as (
    select distinct
        entity,
        golden_key
    from records
),

changes as (
    select 'product' as entity, product_keys.* from product_keys
    where previous_key is not null
    union all
    select 'customer' as entity, customer_keys.* from customer_keys
    where previous_key is not null
),

last_changes as (
    select
        changes.*,
        first_value(golden_key) over (
            partition by entity, record_key order by run_number desc
        ) as last_key
    from changes
),

leaving as (
    select
        last_changes.entity,
        last_changes.previous_key,
        last_changes.last_key as golden_key,
        last_changes.run_number,
        max(last_changes.run_number) over (
            partition by last_changes.entity, last_changes.previous_key
        ) as last_run
    from last_changes
    inner join in_use
        on last_changes.entity = in_use.entity and last_changes.last_key = in_use.golden_key
),

votes as (
    select
        entity,
        previous_key,
        golden_key,
        row_number() over (
            partition by entity, previous_key order by count(*) desc, golden_key
        ) as place
    from leaving
    where run_number = last_run
    group by entity, previous_key, golden_key
),

told as (
    select
        cast(changes.entity as varchar) as entity,
        cast(records.account_id as varchar) as account_id,
        cast(records.record_id as varchar) as record_id,
        changes.record_key,
        changes.run_number,
        changes.since as changed_on,
        changes.change,
        changes.previous_key as old_key,
        changes.golden_key as new_key,
        cast(coalesce(in_use.golden_key, votes.golden_key) as varchar) as current_key,
        changes.reason
    from changes
    left join records
        on changes.entity = records.entity and changes.record_key = records.record_key
    left join in_use
        on changes.entity = in_use.entity and changes.previous_key = in_use.golden_key
    left join votes
        on changes.entity = votes.entity
        and changes.previous_key = votes.previous_key
        and votes.place = 1
)

select * from told
