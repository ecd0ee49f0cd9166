{#- The fields that are compared of a person, in the order of the letters of a pattern. -#}
{% macro person_fields() %}
    {{ return([
        'given', 'surname', 'birth_date', 'email', 'phone', 'postcode', 'address', 'city', 'company'
    ]) }}
{% endmacro %}

{#- A number of holders as a letter: a up to 2, b up to 4, c up to 8, and so on. -#}
{% macro holders_letter(holders) -%}
    case
        {% for letter in 'abcdefghijklmnopqrs' -%}
        when {{ holders }} <= {{ 2 ** loop.index }} then '{{ letter }}'
        {% endfor -%}
        else 't'
    end
{%- endmacro %}

{#- Raise it when a rule of person_levels changes: every pair is then compared anew. -#}
{% macro person_rules() -%}{{ return("'3'") }}{%- endmacro %}
