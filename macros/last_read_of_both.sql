{#-
    One row per account: until when both lists have been read for sure, as far as their records tell.
    What happened since may stand in one of them and not yet in the other. A list that brings nothing
    for 72 hours while the other one does is not waited for any longer.
-#}
{% macro last_read_of_both(one, other) -%}
    select account_id, greatest(min(read_at), max(read_at) - interval '72 hours') as read_at
    from (
        select account_id, max(extracted_at) as read_at from {{ one }} group by account_id
        union all
        select account_id, max(extracted_at) as read_at from {{ other }} group by account_id
    ) as read_of_each
    group by account_id
{%- endmacro %}
