{#- 1 for a payment whose money counts, 0 for one that was voided, denied or never came. -#}
{% macro toast_settled() -%}
    case
        when void_business_day is not null then 0
        when payment_status in (
            'VOIDED', 'VOID_IN_PROGRESS', 'PROCESSING_VOID', 'DENIED', 'ERROR', 'ERROR_NETWORK', 'CANCELLED'
        ) then 0
        else 1
    end
{%- endmacro %}

{#- What tells the checks of an order apart, and one version of a check from the next. -#}
{% macro toast_check_version(relation, position='parent_position') -%}
    {{ relation }}._version_id || '|' || cast({{ relation }}.{{ position }} as varchar)
{%- endmacro %}

{#- What an item or charge is, where it is no product; null for one. -#}
{% macro toast_line_type() -%}
    case
        when is_charge and is_gratuity then 'tip'
        when is_charge and charge_category = 'FUNDRAISING_CAMPAIGN' then 'donation'
        when is_charge and charge_category = 'CASH_ROUNDING' then 'rounding'
        when is_charge then 'service_charge'
        when selection_type = 'HOUSE_ACCOUNT_PAY_BALANCE' then 'account_payment'
        when is_deferred or selection_type like 'TOAST_CARD_%' then 'gift_card'
    end
{%- endmacro %}

{#- What the gift cards sold as modifiers of an item come to: a part of its price. -#}
{% macro toast_cards_within() -%}
    case
        when is_deferred or selection_type like 'TOAST_CARD_%' then 0 else coalesce(deferred_modifiers, 0)
    end
{%- endmacro %}

{#- What a payment was made with; an OTHER by the name that the shop gave it. -#}
{% macro toast_tender(payments, settings) -%}
    case
        when {{ payments }}.type = 'OTHER' then coalesce({{ settings }}.name, {{ payments }}.type)
        else {{ payments }}.type
    end
{%- endmacro %}

{#- A moment where it lies on the business day that the till states (yyyymmdd), else null. -#}
{% macro toast_moment_of_day(moment) -%}
    case
        when replace(cast({{ business_date(moment, 'time_zone', 'day_cutoff_minutes') }} as varchar), '-', '')
            = business_day then {{ moment }}
    end
{%- endmacro %}

{#- The date of a business day that the till writes as yyyymmdd. -#}
{% macro toast_date(day) -%}
    {{ to_date(
        "substr(" ~ day ~ ", 1, 4) || '-' || substr(" ~ day ~ ", 5, 2)"
        ~ " || '-' || substr(" ~ day ~ ", 7, 2)"
    ) }}
{%- endmacro %}
