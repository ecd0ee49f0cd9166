{#- A person's name as plain words, without a title before it; null when nothing is left. -#}
{% macro person_name(text) -%}
    nullif(regexp_replace({{ normalised_text(text) }}, '^(mr|mrs|ms|miss|mx|dr|prof) ', ''), '')
{%- endmacro %}

{#- The mailbox of an e-mail address, without a +tag; Google's also without dots. -#}
{% macro mailbox(email) -%}
    {%- set box -%}
        regexp_replace(split_part(lower({{ email }}), '@', 1), '[+].*|[[:space:]]', '', 'g')
    {%- endset -%}
    nullif(
        case
            when {{ mail_provider(email) }} in ('gmail.com', 'googlemail.com')
                then replace({{ box }}, '.', '')
            else {{ box }}
        end, ''
    )
{%- endmacro %}

{#- The provider of an e-mail address; null when it is no address. -#}
{% macro mail_provider(email) -%}
    nullif(regexp_replace(split_part(lower({{ email }}), '@', 2), '[[:space:]]', '', 'g'), '')
{%- endmacro %}

{#- Plain words of an address, with the usual words for streets cut short; null when empty. -#}
{% macro short_address(words) -%}
    {%- set short = {
        'street': 'st', 'road': 'rd', 'avenue': 'ave', 'drive': 'dr', 'lane': 'ln', 'place': 'pl',
        'court': 'ct', 'crescent': 'cres', 'boulevard': 'blvd', 'terrace': 'tce', 'close': 'cl',
        'highway': 'hwy', 'apartment': 'apt'
    } -%}
    {%- set ns = namespace(text="' ' || " ~ words ~ " || ' '") -%}
    {%- for long, cut in short.items() -%}
        {%- set ns.text = "replace(" ~ ns.text ~ ", ' " ~ long ~ " ', ' " ~ cut ~ " ')" -%}
    {%- endfor -%}
    nullif(trim({{ ns.text }}), '')
{%- endmacro %}

{#- The end of a phone number; null when it is too short or one digit all over. -#}
{% macro phone_end(digits) -%}
    case
        when length({{ digits }}) >= 7
            and translate({{ digits }}, substr({{ digits }}, 1, 1), '') <> ''
            then right({{ digits }}, 9)
    end
{%- endmacro %}
