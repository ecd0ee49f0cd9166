-- One row per product of an account, and per description of lines that name no product: the type
-- of line it makes, by the first fitting rule of the seed line_type_rules. No rule: a product.
with products as (
    select
        account_id,
        product_id,
        sku,
        product_name as description
    from {{ ref('int_products') }}
),

lines_without_product as (
    select distinct
        account_id,
        cast(null as varchar) as product_id,
        cast(null as varchar) as sku,
        description
    from {{ ref('int_sale_lines_allocated') }}
    where product_id is null and description is not null
),

accounts as (
    select * from {{ ref('int_accounts') }}
),

rules as (
    select * from {{ ref('line_type_rules') }}
),

things as (
    select account_id, product_id, sku, description from products
    union all
    select account_id, product_id, sku, description from lines_without_product
),

fitting as (
    select
        things.account_id,
        things.product_id,
        things.description,
        rules.line_type,
        row_number() over (
            partition by things.account_id, things.product_id, things.description
            order by rules.priority nulls last, rules.rule_id nulls last
        ) as preference
    from things
    inner join accounts on things.account_id = accounts.account_id
    left join rules
        on rules.scope in ('*', accounts.source, accounts.rule_scope, things.account_id)
        and case
            when rules.match_kind = 'starts_with'
                then substr(lower({{ line_rule_field('things') }}), 1, length(rules.match_value))
                    = lower(rules.match_value)
            else lower({{ line_rule_field('things') }}) = lower(rules.match_value)
        end
),

chosen as (
    select
        account_id,
        product_id,
        case when product_id is null then description end as description,
        cast(coalesce(line_type, 'product') as varchar) as line_type
    from fitting
    where preference = 1
)

select * from chosen
