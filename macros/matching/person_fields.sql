{#- The fields that are compared of a person, in the order of the letters of a pattern. -#}
{% macro person_fields() %}
    {{ return([
        'given', 'surname', 'birth_date', 'email', 'phone', 'postcode', 'address', 'city', 'company'
    ]) }}
{% endmacro %}

{#-
    How many customers of the business hold a field's value, as a letter: a up to 2, b up to 4, c up
    to 8, and so on; - when it is missing.
-#}
{% macro holders_letter(field) -%}
    case
        when {{ field }} is null then '-'
        {% for power in range(1, 20) -%}
        when count(*) over (partition by business_id, {{ field }}) <= {{ 2 ** power }} then '{{ 'abcdefghijklmnopqrs'[power - 1] }}'
        {% endfor -%}
        else 't'
    end
{%- endmacro %}

{#- Raise it when a rule of person_levels changes: every pair is then compared anew. -#}
{% macro person_rules() -%}{{ return("'1'") }}{%- endmacro %}
