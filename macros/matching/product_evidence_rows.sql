{#-
    A select of one row per pair of `shown` and field compared: value, other_value, outcome, points
    (ten-thousandths of a nat). Fields that one of the two does not hold are left out where they
    weigh nothing.
-#}
{% macro product_evidence_rows(shown, weights) %}
    {%- set values = {
        'barcode': 'barcode', 'supplier_code': 'supplier_code', 'sku': 'sku_code',
        'brand': 'brand_text', 'price': 'price',
    } -%}
    {%- for field, column, share in [
        ('words', 'words_cosine', 6), ('words_of_shorter', 'words_covered', 2),
        ('letters', 'letters_cosine', 6),
    ] %}
    select
        record_key,
        other_key,
        'name_{{ field }}' as field,
        product_name as value,
        other_product_name as other_value,
        cast({{ whole_part(column ~ ' + 50', '100') }} as varchar) || ' % alike' as outcome,
        {{ share }} * {{ column }} as points
    from {{ shown }}
    union all
    {%- endfor %}
    {%- for field in product_fields() %}
    select
        shown.record_key,
        shown.other_key,
        '{{ field }}' as field,
        shown.{{ values.get(field, 'product_name') }} as value,
        shown.other_{{ values.get(field, 'product_name') }} as other_value,
        shown.{{ field }}_level as outcome,
        weights.weight as points
    from {{ shown }} as shown
    inner join {{ weights }} as weights
        on shown.business_id = weights.business_id
        and weights.field = '{{ field }}'
        and shown.{{ field }}_level = weights.level
    where weights.weight <> 0
    union all
    {%- endfor %}
    select
        record_key,
        other_key,
        'rivals' as field,
        null as value,
        null as other_value,
        case when lost_to_rivals < -5000 then 'others are as good' else 'few' end as outcome,
        lost_to_rivals as points
    from {{ shown }}
    where lost_to_rivals <> 0
{% endmacro %}
