-- One row per pair of sales that two accounts seem to hold both, with what was decided.
with double_counts as (
    select * from {{ ref('int_double_counts') }}
),

described as (
    select
        cast(
            {{ dbt_utils.generate_surrogate_key(['sale_key', 'other_sale_key']) }} as varchar
        ) as double_count_key,
        sale_key,
        other_sale_key,
        account_id,
        sale_id,
        other_account_id,
        other_sale_id,
        business_id,
        business_date,
        receipt_number,
        currency,
        line_count,
        total_amount,
        method,
        decision,
        reason
    from double_counts
)

select * from described
