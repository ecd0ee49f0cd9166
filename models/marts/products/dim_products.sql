-- One row per golden product. Its values are those of one record as a whole, the best: one that is
-- on its till's product list and has a name, of the newest till.
with products as (
    select * from {{ ref('int_products') }}
),

links as (
    select * from {{ ref('int_product_links') }}
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

records as (
    select
        links.product_key,
        products.*,
        accounts.till_name,
        accounts.account_rank,
        row_number() over (
            partition by links.product_key
            order by
                case when products.product_name is not null then 0 else 1 end,
                case when products.is_from_sales then 1 else 0 end,
                accounts.account_rank desc,
                products.created_at desc nulls last,
                products.product_id asc
        ) as preference
    from products
    inner join links on products.account_product_key = links.account_product_key
    inner join accounts on products.account_id = accounts.account_id
),

tills as (
    select
        product_key,
        till_name,
        min(account_rank) as first_rank,
        count(distinct account_id) as accounts,
        count(*) as records
    from records
    group by product_key, till_name
),

counted as (
    select
        product_key,
        string_agg(till_name, ', ' order by first_rank, till_name) as tills,
        sum(accounts) as accounts,
        sum(records) as records
    from tills
    group by product_key
),

golden as (
    select
        records.product_key,
        records.business_id,
        cast(coalesce(records.product_name, records.sku, records.product_id) as varchar)
            as product_name,
        records.sku,
        records.brand,
        records.category,
        records.supplier_name,
        records.price,
        records.cost,
        records.is_active,
        cast(counted.tills as varchar) as tills,
        cast(counted.accounts as bigint) as accounts,
        cast(counted.records as bigint) as records
    from records
    inner join counted on records.product_key = counted.product_key
    where records.preference = 1
)

select * from golden
