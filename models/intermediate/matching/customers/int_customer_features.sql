{{ config(materialized='table', pre_hook="{{ no_nested_loops() }}") }}
-- One row per customer of an account: each field in the one form that is compared. A field that is
-- empty or says nothing is null. record_no numbers the customers, the most senior first; version_no
-- stands for the record and its content; holders has a letter per field, in the order of
-- person_fields(), for how many customers of the business hold its value.
with customers as (
    select * from {{ ref('int_customers') }}
),

plain as (
    select
        customers.account_customer_key as record_key,
        customers.account_id,
        customers.customer_id,
        customers.business_id,
        customers.seniority,
        strpos(customers.full_name, ',') > 0 as is_turned,
        case
            when coalesce(customers.first_name, customers.last_name) is null
                and coalesce(customers.full_name <> customers.company_name, true)
                then {{ person_name('customers.full_name') }}
        end as full_words,
        {{ person_name('customers.first_name') }} as first_words,
        {{ person_name('customers.last_name') }} as last_words,
        {{ mailbox('customers.email') }} as mailbox,
        {{ mail_provider('customers.email') }} as provider,
        {{ phone_end('customers.phone') }} as phone,
        {{ phone_end('customers.other_phone') }} as other_phone,
        case
            when customers.birth_date <= {{ run_date() }}
                and cast(customers.birth_date as varchar)
                not in ('0001-01-01', '1900-01-01', '1970-01-01')
                then replace(cast(customers.birth_date as varchar), '-', '')
        end as birth_date,
        nullif(
            ltrim(regexp_replace(lower(customers.postcode), '[^a-z0-9]', '', 'g'), '0'), ''
        ) as postcode,
        {{ normalised_text("concat_ws(' ', customers.address_1, customers.address_2)") }}
            as address_line,
        nullif({{ normalised_text('customers.city') }}, '') as city,
        nullif(
            regexp_replace(
                {{ normalised_text('customers.company_name') }},
                ' (inc|ltd|llc|limited|corp|co|gmbh|pty|plc)$', ''
            ), ''
        ) as company
    from customers
),

named as (
    select
        plain.*,
        {{ short_address('address_line') }} as address_words,
        strpos(full_words, ' ') > 0 as is_split,
        regexp_replace(full_words, '^.* ', '') as last_word,
        regexp_replace(full_words, ' [^ ]+$', '') as words_before,
        split_part(full_words, ' ', 1) as first_word,
        regexp_replace(full_words, '^[^ ]+ ', '') as words_after
    from plain
),

fielded as (
    select
        record_key,
        account_id,
        customer_id,
        business_id,
        seniority,
        coalesce(
            first_words,
            case when is_split and is_turned then words_after else words_before end
        ) as given,
        coalesce(
            last_words,
            case when is_split then case when is_turned then first_word else last_word end end
        ) as surname,
        birth_date,
        case when provider is not null then mailbox || '@' || provider end as email,
        coalesce(phone, other_phone) as phone,
        case when other_phone <> phone then other_phone end as other_phone,
        postcode,
        replace(address_words, ' ', '') as address,
        address_words,
        city,
        company
    from named
),

{% for field in person_fields() -%}
    held_{{ field }} as (
        select
            business_id,
            {{ field }},
            count(*) as holders
        from fielded
        where {{ field }} is not null
        group by business_id, {{ field }}
    ),

{% endfor -%}
versioned as (
    select
        fielded.*,
        row_number() over (order by business_id, seniority, record_key) as record_no,
        {{ hash_number(concat_for_hash(
            [person_rules(), 'record_key', 'other_phone'] + person_fields()
        )) }} as version_no
    from fielded
),

counted as (
    select
        versioned.*,
        {%- for field in person_fields() %}
            case
                when held_{{ field }}.holders is null then '-'
                else {{ holders_letter('held_' ~ field ~ '.holders') }}
            end {{- ' ||' if not loop.last }}
        {%- endfor %} as holders
    from versioned
    {%- for field in person_fields() %}
    left join held_{{ field }}
        on versioned.business_id = held_{{ field }}.business_id
        and versioned.{{ field }} = held_{{ field }}.{{ field }}
    {%- endfor %}
)

select * from counted
