{% macro date_spine(datepart, start_date, end_date) %}
select date_{{ datepart }}
from generate_series(
    cast({{ start_date }} as timestamp),
    cast({{ end_date }} as timestamp),
    interval '1 {{ datepart }}'
) as spine (date_{{ datepart }})
where date_{{ datepart }} < {{ end_date }}
{% endmacro %}
