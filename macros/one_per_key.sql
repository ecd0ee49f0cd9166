{#-
    A select that keeps one row of `relation` for each account and `key`: the one read last. For
    lists of a till that may hold the same id twice.
-#}
{% macro one_per_key(relation, key, order_by='extracted_at desc, record_id desc') %}
    select ranked.*
    from (
        select
            {{ relation }}.*,
            row_number() over (
                partition by {{ relation }}.account_id, {{ key }}
                order by {{ order_by }} nulls last, _version_id
            ) as place_in_key
        from {{ relation }}
    ) as ranked
    where ranked.place_in_key = 1
{% endmacro %}
