{#- The fields of two products that are compared as levels. -#}
{% macro product_fields() %}
    {{ return([
        'barcode', 'supplier_code', 'sku', 'code', 'number', 'variant', 'brand', 'description', 'price'
    ]) }}
{% endmacro %}

{#-
    What a shared code is believed to be worth before the business's own pairs are seen, in
    ten-thousandths of a nat: odds of 99, 18 and 4 to 1 for a barcode, a supplier's code, a SKU that
    one product of each till holds. Null for what is no shared code. Origin: judgements; three pairs of
    the shop's own outweigh them.
-#}
{% macro believed_weight(field, level) -%}
    case ({{ field }} || ' ' || {{ level }})
        when 'barcode same' then 46000
        when 'barcode shared' then 0
        when 'supplier_code same' then 29000
        when 'supplier_code shared' then -8000
        when 'sku same' then 14000
        when 'sku shared' then -14000
    end
{%- endmacro %}

{#-
    A select of how often each level of each field stands among the candidates of two tills (found),
    among matches by their chance (matched) and among wrong pairs (wrong), in ten-thousandths.
    `comparisons`: a level per field; `parts`: record_no, other_no, found, matched, wrong.
-#}
{% macro levels_counted(comparisons, parts) %}
    {%- for field in product_fields() %}
    select
        comparisons.business_id,
        '{{ field }}' as field,
        comparisons.{{ field }}_level as level,
        sum(parts.found) as found,
        sum(parts.matched) as matched,
        sum(parts.wrong) as wrong
    from {{ comparisons }} as comparisons
    inner join {{ parts }} as parts
        on comparisons.record_no = parts.record_no and comparisons.other_no = parts.other_no
    group by comparisons.business_id, comparisons.{{ field }}_level
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}

{#-
    ln(a level's share of the matches / its share of the wrong pairs). Three pairs more on both sides
    that are as usual among the candidates, and three that say nothing: a level seen once or twice
    says little, whichever side it was seen on. What contradicts never speaks for the same. Origin of
    three: more shrinking cost F1 (DECISIONS).
-#}
{% macro learned_weight() -%}
    {%- set usual = '3 * greatest(' ~ quotient('found', 'all_found') ~ ', 0.0001)' -%}
    {%- set unsaid = quotient('3', in_pairs('all_matched + all_wrong') ~ ' + 3') -%}
    {%- set weight = points('ln(' ~ quotient(
        quotient(in_pairs('matched') ~ ' + ' ~ usual, in_pairs('all_matched') ~ ' + 3')
            ~ ' + ' ~ unsaid,
        quotient(in_pairs('wrong') ~ ' + ' ~ usual, in_pairs('all_wrong') ~ ' + 3')
            ~ ' + ' ~ unsaid
    ) ~ ')') -%}
    case
        when level in ('differ', 'other pack', 'far apart') then least({{ weight }}, 0)
        else {{ weight }}
    end
{%- endmacro %}

{#- ln(matches / other pairs) of those that a shared code finds; three pairs more as believed. -#}
{% macro learned_odds() -%}
    {{ points('ln(' ~ quotient(
        in_pairs('matched') ~ ' + ' ~ quotient('3', '1 + ' ~ e_to_the('-believed')),
        'greatest(' ~ in_pairs('found - matched') ~ ', 0) + '
        ~ quotient('3', '1 + ' ~ e_to_the('believed'))
    ) ~ ')') }}
{%- endmacro %}

{% macro in_pairs(ten_thousandths) -%}
    (0.0001 * cast({{ ten_thousandths }} as double precision))
{%- endmacro %}

{#- The weights of a pair's levels, added up, and the joins that find them. -#}
{% macro sum_of_weights() -%}
    {%- for field in product_fields() -%}
    coalesce({{ field }}_weights.weight, 0){{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro joined_weights(comparisons, weights) %}
    {%- for field in product_fields() %}
    left join {{ weights }} as {{ field }}_weights
        on {{ comparisons }}.business_id = {{ field }}_weights.business_id
        and {{ field }}_weights.field = '{{ field }}'
        and {{ comparisons }}.{{ field }}_level = {{ field }}_weights.level
    {%- endfor %}
{% endmacro %}
