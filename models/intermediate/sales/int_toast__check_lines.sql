{{ config(enabled='toast' in var('pos_sources')) }}
-- One row per item and service charge of a check, and one for the gift cards that are modifiers of
-- an item: its price holds them as well, and is without them here. What was voided has its amounts.
with entries as (
    select
        entries.*,
        {{ toast_check_version('entries') }} as check_version_id,
        item_path = 'appliedServiceCharges' as is_charge,
        {{ toast_cards_within() }} as cards,
        coalesce(refunded_amount = price, false) as is_all_back
    from {{ ref('stg_toast__check_entries') }} as entries
),

both_kinds as (
    select
        check_version_id,
        item_path || '|' || coalesce(entry_id, 'entry') || '|' || cast(item_position as varchar)
            as line_id,
        item_position + case when is_charge then 4000 else 0 end as line_number,
        case when is_charge then coalesce(charge_name, 'Service charge') else display_name end
            as description,
        item_id,
        {{ toast_line_type() }} as stated_line_type,
        case when is_charge then 0 else coalesce(quantity, 0) end as pieces,
        receipt_line_price,
        case when is_charge then coalesce(charge_amount, 0) else coalesce(price, 0) - cards end
            as net,
        case when is_charge then 0 else coalesce(price_before_discount - price, 0) end as discount,
        case when is_charge then applied_tax else coalesce(tax_amount, applied_tax) end as tax,
        coalesce(is_voided, false) as is_voided,
        is_all_back,
        coalesce(refunded_amount <> 0 or refunded_tax <> 0, false) as is_back,
        coalesce(refunded_amount, 0) - case when is_all_back then cards else 0 end as net_back,
        coalesce(refunded_tax, 0) as tax_back
    from entries
    union all
    select
        check_version_id,
        'cards|' || coalesce(entry_id, 'entry') || '|' || cast(item_position as varchar) as line_id,
        item_position + 2000 as line_number,
        'Gift card' as description,
        cast(null as varchar) as item_id,
        'gift_card' as stated_line_type,
        coalesce(quantity, 0) as pieces,
        cast(null as numeric(38, 10)) as receipt_line_price,
        cards as net,
        0 as discount,
        0 as tax,
        coalesce(is_voided, false) as is_voided,
        is_all_back,
        is_all_back as is_back,
        cards as net_back,
        0 as tax_back
    from entries
    where cards <> 0
)

select * from both_kinds
