{#-
    The business day of a UTC moment: the local date, a day earlier before the cut-off. A cut-off
    of 04:00 puts a sale at 03:59 on the day before.
-#}
{% macro business_date(utc, time_zone, cutoff_minutes) -%}
    cast({{ to_local(utc, time_zone) }} - ({{ cutoff_minutes }} * interval '1 minute') as date)
{%- endmacro %}
