{#-
    A select of the employees whom sales or shifts name and no list of the till holds, in the columns
    of int_employees. `named` and `listed`: relations with account_id and the column `id`; `name`: what
    `named` tells of the name, if anything.
-#}
{% macro employees_only_named(named, listed, id, name='null') %}
    select
        account_id,
        {{ id }} as employee_id,
        {{ name }} as employee_name,
        null as email,
        null as role,
        null as is_active,
        true as is_from_sales
    from {{ named }}
    where {{ id }} is not null
        and not exists (
            select 1 from {{ listed }}
            where {{ listed }}.account_id = {{ named }}.account_id
                and {{ listed }}.{{ id }} = {{ named }}.{{ id }}
        )
{% endmacro %}
