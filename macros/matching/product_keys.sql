{#-
    How many products of a till may hold a code that leads from one to others, and a word of their
    names that does so alone. Chosen as all settings of the matching of products: DECISIONS.md, "The
    same product".
-#}
{% macro most_code_holders() -%}20{%- endmacro %}

{% macro most_word_holders() -%}200{%- endmacro %}
