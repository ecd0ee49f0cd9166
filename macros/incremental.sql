{#-
    Pre-hook of an incremental model: rows whose `version` column is no longer in `current` leave,
    then the model appends what is not there yet. The outcome equals a full refresh.
-#}
{% macro delete_stale_rows(current, version) %}
    {%- if execute and is_incremental() -%}
        delete from {{ this }} as loaded
        where not exists (
            select 1 from {{ current }} as current_rows
            where current_rows.{{ version }} = loaded.{{ version }}
        )
    {%- endif -%}
{% endmacro %}
