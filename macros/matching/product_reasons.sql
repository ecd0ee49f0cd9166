{#- One sentence on a pair of products: `comparisons`, the records `one` and `two`. -#}
{% macro product_reasons() -%}
    case
        when comparisons.record_no is null and one.twin_no = two.twin_no
            then 'the till holds two products alike in all that is known'
        else case
                when comparisons.barcode_level in ('same', 'shared') then 'same barcode, '
                when comparisons.supplier_code_level in ('same', 'shared')
                    then 'same supplier code ' || one.supplier_code || ', '
                when comparisons.sku_level in ('same', 'shared') then 'same SKU ' || one.sku_code || ', '
                when comparisons.code_level = 'same' then 'same model number, '
                when comparisons.code_level = 'same but for letters'
                    then 'model number same but for letters behind it, '
                else ''
            end
            || 'names '
            || cast({{ whole_part('coalesce(comparisons.words_cosine, 0) + 50', '100') }} as varchar)
            || ' % alike'
            || case comparisons.code_level
                when 'differ' then ', codes differ'
                when 'other letters' then ', codes end in other letters'
                else ''
            end
            || case comparisons.number_level
                when 'differ' then ', numbers differ'
                when 'other pack' then ', another pack'
                else ''
            end
            || case
                when comparisons.variant_level = 'differ' then ', another colour, size or kind'
                else ''
            end
            || case when comparisons.brand_level = 'differ' then ', brands differ' else '' end
            || case comparisons.price_level
                when 'none' then ''
                when 'same' then ', same price'
                when 'far apart' then ', prices far apart'
                else ', prices ' || comparisons.price_level
            end
    end
{%- endmacro %}
