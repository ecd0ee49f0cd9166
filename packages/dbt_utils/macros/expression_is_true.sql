{% test expression_is_true(model, expression, column_name=none) %}
select {{ '*' if should_store_failures() else '1 as failing_row' }}
from {{ model }}
where not ({{ column_name if column_name is not none }} {{ expression }})
{% endtest %}
