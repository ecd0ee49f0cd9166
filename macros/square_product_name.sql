{#- An item and its variation in one name; "Regular" is what Square calls the only variation. -#}
{% macro square_product_name(item, variation) -%}
    case
        when {{ item }} is null then {{ variation }}
        when {{ variation }} is null or lower({{ variation }}) in ('regular', lower({{ item }}))
            then {{ item }}
        else {{ item }} || ' ' || {{ variation }}
    end
{%- endmacro %}
