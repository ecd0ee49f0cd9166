{#- What a payment takes: with tip and surcharge. -#}
{% macro lightspeed_k_paid() -%}
    coalesce(net_amount, 0) + coalesce(tip, 0) + coalesce(surcharge, 0)
{%- endmacro %}

{#- The product that an item is: its SKU, which is what sales name, else its id. -#}
{% macro lightspeed_k_product_id() -%}
    coalesce(sku, 'item ' || item_id)
{%- endmacro %}
