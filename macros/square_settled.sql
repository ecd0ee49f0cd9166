{#- 1 for a payment or refund whose money counts, 0 while it is not there or never came. -#}
{% macro square_settled(status) -%}
    case
        when {{ status }} in ('APPROVED', 'PENDING', 'CANCELED', 'FAILED', 'REJECTED') then 0
        else 1
    end
{%- endmacro %}
