{#- The field of a product or line that a rule of the seed line_type_rules looks at. -#}
{% macro line_rule_field(relation) -%}
    case rules.match_field
        when 'product_id' then {{ relation }}.product_id
        when 'sku' then {{ relation }}.sku
        when 'description' then {{ relation }}.description
    end
{%- endmacro %}
