-- One row per value that so many customers of a business, or products of a till, hold that the
-- matching does not look for others by it: a shared phone, a mail provider, a common first name.
-- All but a product's code still count as evidence once something else has led to a pair.
with features as (
    select * from {{ ref('int_customer_features') }}
),

product_keys as (
    select * from {{ ref('int_product_keys') }}
    where holders > {{ most_code_holders() }}
),

product_tokens as (
    select * from {{ ref('int_product_tokens') }}
    where holders_in_account > {{ most_word_holders() }}
),

customer_values as (
    {%- for name, value in person_keys().items() %}
        select
            business_id,
            '{{ name }}' as field,
            {{ value }} as held_value
        from features
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

product_values as (
    select business_id, kind as field, code as held_value, holders
    from product_keys
    union all
    select business_id, 'name' as field, token as held_value, holders_in_account as holders
    from product_tokens
),

ignored as (
    select
        business_id,
        'customer' as entity,
        field,
        held_value,
        count(*) as holders
    from customer_values
    where held_value is not null
    group by business_id, field, held_value
    having count(*) > {{ most_partners() }}
    union all
    select
        business_id,
        'product' as entity,
        field,
        held_value,
        max(holders) as holders
    from product_values
    group by business_id, field, held_value
),

described as (
    select
        business_id,
        cast(entity as varchar) as entity,
        cast(field as varchar) as field,
        cast(held_value as varchar) as held_value,
        cast(holders as bigint) as holders
    from ignored
)

select * from described
