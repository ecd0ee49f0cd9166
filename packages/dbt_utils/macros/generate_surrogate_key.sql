{% macro generate_surrogate_key(field_list) %}
    {%- set texts = [] -%}
    {%- for field in field_list -%}
        {%- do texts.append("coalesce(cast(" ~ field ~ " as " ~ dbt.type_string() ~ "), '_dbt_utils_surrogate_key_null_')") -%}
    {%- endfor -%}
    md5({{ texts | join(" || '-' || ") }})
{%- endmacro %}
