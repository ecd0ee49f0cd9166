{#- A select of the price of each product, null when it is none: record_key, price. -#}
{% macro product_prices() %}
    select
        account_product_key as record_key,
        case when price > 0 then price end as price
    from {{ ref('int_products') }}
{% endmacro %}

{#-
    How two prices compare: by their ratio, whichever is higher. Origin of the steps: rounding, a tax
    or a discount, a sale, half price, the rest; what each weighs the shop's own pairs tell.
-#}
{% macro prices_compared(one, two) -%}
    case
        when {{ one }} is null or {{ two }} is null then 'none'
        {%- for ratio, level in [
            ('1.001', 'same'), ('1.03', 'within 3 %'), ('1.1', 'within 10 %'),
            ('1.3', 'within 30 %'), ('1.6', 'within 60 %'), ('2.7', 'within 170 %'),
        ] %}
        when greatest({{ one }}, {{ two }}) <= {{ ratio }} * least({{ one }}, {{ two }})
            then '{{ level }}'
        {%- endfor %}
        else 'far apart'
    end
{%- endmacro %}

{#- How two brands compare; what one till keeps in a column another writes into the name. -#}
{% macro brands_compared(one, two) -%}
    case
        when {{ one }}.brand_text = {{ two }}.brand_text then 'same'
        when {{ one }}.brand_text is not null and {{ two }}.brand_text is not null then 'differ'
        when {{ one }}.brand_text is null and {{ two }}.brand_text is null then 'none'
        when {{ holds_words(one ~ '.name_text', two ~ '.brand_text') }} then 'same'
        when {{ holds_words(two ~ '.name_text', one ~ '.brand_text') }} then 'same'
        when {{ holds_words(one ~ '.name_text', one ~ '.brand_text') }} then 'not told'
        when {{ holds_words(two ~ '.name_text', two ~ '.brand_text') }} then 'not told'
        else 'none'
    end
{%- endmacro %}

{#- Whether a text holds one or more words as such. -#}
{% macro holds_words(text, words) -%}
    strpos(' ' || coalesce({{ text }}, '') || ' ', ' ' || {{ words }} || ' ') > 0
{%- endmacro %}

{#-
    Whether two products, `one` and `two` of int_product_pairs, are no match of themselves: they say
    another number, colour, size or kind and no code speaks for them (an equal SKU does, but for
    numbers); or nothing but their SKU is the same and their names share less than a tenth; or one is
    a pack of the other by its price too. A barcode stands above that. Origin of the tenth and of the
    prices: a judgement, tried on invented traps.
-#}
{% macro is_doubtful() -%}
    comparisons.barcode_level <> 'same'
            and (
                (
                    (
                        comparisons.number_level = 'differ'
                        or (comparisons.variant_level = 'differ' and comparisons.sku_level <> 'same')
                    )
                    and comparisons.code_level in ('none', 'one has none', 'differ')
                    and comparisons.supplier_code_level <> 'same'
                )
                or (
                    comparisons.number_level = 'other pack'
                    and comparisons.price_level in ('within 60 %', 'within 170 %', 'far apart')
                )
                or (
                    comparisons.sku_level in ('same', 'shared')
                    and comparisons.supplier_code_level <> 'same'
                    and comparisons.words_cosine < 1000
                    and one.name_text is not null and two.name_text is not null
                )
            )
{%- endmacro %}

{#-
    The pairs (compared_no, compared_other_no of `pairs`) of which one tells a colour, size or side
    that the other does not.
-#}
{% macro variants_of_one_alone(pairs, variants) %}
    select distinct sides.compared_no, sides.compared_other_no
    from (
        select compared_no, compared_other_no, compared_no as record_no from {{ pairs }}
        union
        select compared_no, compared_other_no, compared_other_no as record_no from {{ pairs }}
    ) as sides
    inner join {{ variants }} as variants on sides.record_no = variants.record_no
    group by sides.compared_no, sides.compared_other_no, variants.kind, variants.meaning
    having count(*) = 1
{% endmacro %}
