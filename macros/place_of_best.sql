{#- The place of a candidate pair among those of `partition_by`; equally good ones share it. -#}
{% macro place_of_best(partition_by) -%}
    rank() over (
        partition by {{ partition_by }}
        order by method_rank, case when is_written_alike then 0 else 1 end, score desc
    )
{%- endmacro %}
