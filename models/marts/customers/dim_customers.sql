-- One row per person. The values are those of one record as a whole, the best: one that is on its
-- till's customer list and has a name, of the newest till.
with customers as (
    select * from {{ ref('int_customers') }}
),

links as (
    select * from {{ ref('int_customer_links') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

records as (
    select
        links.customer_key,
        customers.*,
        accounts.till_name,
        accounts.account_rank,
        row_number() over (
            partition by links.customer_key
            order by
                case when customers.full_name is not null then 0 else 1 end,
                case when customers.is_deleted or customers.is_from_sales then 1 else 0 end,
                accounts.account_rank desc,
                customers.created_at desc nulls last,
                customers.customer_id asc
        ) as preference
    from customers
    inner join links on customers.account_customer_key = links.account_customer_key
    inner join accounts on customers.account_id = accounts.account_id
),

tills as (
    select
        customer_key,
        till_name,
        min(account_rank) as first_rank,
        count(distinct account_id) as accounts,
        count(*) as records,
        min(created_at) as first_seen
    from records
    group by customer_key, till_name
),

counted as (
    select
        customer_key,
        string_agg(till_name, ', ' order by first_rank, till_name) as tills,
        sum(accounts) as accounts,
        sum(records) as records,
        min(first_seen) as first_seen
    from tills
    group by customer_key
),

golden as (
    select
        records.customer_key,
        records.business_id,
        records.customer_code,
        records.full_name,
        records.first_name,
        records.last_name,
        records.company_name,
        records.email,
        records.phone,
        records.address_1,
        records.address_2,
        records.city,
        records.state,
        records.postcode,
        records.country,
        records.birth_date,
        cast(counted.tills as varchar) as tills,
        cast(counted.accounts as bigint) as accounts,
        cast(counted.records as bigint) as records,
        counted.first_seen
    from records
    inner join counted on records.customer_key = counted.customer_key
    where records.preference = 1
)

select * from golden
