{{ config(materialized='table') }}
-- One row per two customers of one business, of the same account or of two, that share an e-mail
-- or a phone; with both the e-mail speaks. What more than five records hold tells nothing: a front
-- desk's phone, a placeholder.
with customer_names as (
    select * from {{ ref('int_customer_names') }}
),

held as (
    select record_key, business_id, seniority, 1 as method_rank, 'email' as method, email as contact
    from customer_names
    where email is not null
    union all
    select record_key, business_id, seniority, 2 as method_rank, 'phone' as method, phone as contact
    from customer_names
    where phone is not null
),

counted as (
    select
        held.*,
        count(*) over (partition by business_id, method, contact) as holders
    from held
),

shared as (
    select
        newer.record_key,
        older.record_key as other_key,
        min(newer.method_rank) as method_rank,
        count(*) as shared_contacts
    from counted as newer
    inner join counted as older
        on newer.business_id = older.business_id
        and newer.method = older.method
        and newer.contact = older.contact
        and newer.seniority > older.seniority
    where newer.holders <= 5
    group by newer.record_key, older.record_key
),

named as (
    select
        record_key,
        other_key,
        method_rank,
        case method_rank when 1 then 'email' else 'phone' end as method,
        shared_contacts
    from shared
)

select * from named
