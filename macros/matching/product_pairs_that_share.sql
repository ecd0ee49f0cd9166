{#-
    A select of the pairs of two tills that share a code or the whole name, so that "why not?" has an
    answer however unlike they are: record_no, other_no. For each product the three best scored of
    each other till, and what ties with them, so that it grows with the products. Origin of three:
    judgement; a code that more of a till hold tells little.
-#}
{% macro product_pairs_that_share(comparisons, scores, records) %}
    with sharing as (
        select
            scores.record_no,
            scores.other_no,
            rank() over (
                partition by scores.record_no, scores.other_rank order by scores.score desc
            ) as place,
            rank() over (
                partition by scores.other_no, scores.account_rank order by scores.score desc
            ) as other_place
        from {{ scores }} as scores
        inner join {{ comparisons }} as comparisons
            on scores.record_no = comparisons.record_no and scores.other_no = comparisons.other_no
        inner join {{ records }} as one on scores.record_no = one.record_no
        inner join {{ records }} as two on scores.other_no = two.record_no
        where scores.account_rank <> scores.other_rank
            and (
                comparisons.barcode_level in ('same', 'shared')
                or comparisons.supplier_code_level in ('same', 'shared')
                or comparisons.sku_level in ('same', 'shared')
                or one.name_text = two.name_text
            )
    )

    select record_no, other_no from sharing where least(place, other_place) <= 3
{% endmacro %}
