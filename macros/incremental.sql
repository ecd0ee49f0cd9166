{#-
    Pre-hook of an incremental model: rows whose `version`, one column or several, is no longer in
    `current` leave, then the model appends what is not there yet. The outcome equals a full refresh.
-#}
{% macro delete_stale_rows(current, version) %}
    {%- set columns = [version] if version is string else version -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }} as loaded
        where not exists (
            select 1 from {{ current }} as current_rows
            where {% for column in columns -%}
            current_rows.{{ column }} = loaded.{{ column }}{{ ' and ' if not loop.last }}
            {%- endfor %}
        )
    {%- endif -%}
{% endmacro %}
