{#-
    A text with plain letters alone: accents are off, Cyrillic and Greek read as Latin, signs
    without a sound are left out. Both engines then see the same letters (each has its own lower()
    and levenshtein() for others), and a name typed in Latin letters is found beside its own
    spelling. Plain text is left alone: translate() takes long with a long list.
-#}
{% macro plain_letters(text) -%}
    {%- set alike = {
        'a': 'àáâãäåāăąæаяαά', 'b': 'б', 'c': 'çčćцч', 'd': 'ďđðдδ', 'e': 'èéêëēėęěеёэєεέ',
        'f': 'фφ', 'g': 'ğģгґγ', 'h': 'хχ', 'i': 'ìíîïīıİиийїιίϊΐηή', 'j': 'ј', 'k': 'ķкκ',
        'l': 'ĺļľłлλ', 'm': 'мμ', 'n': 'ñńņňнν', 'o': 'òóôõöøōőœоοόωώ', 'p': 'пπψ', 'r': 'ŕřрρ',
        's': 'śşšșßсшщσς', 't': 'ţťțþтτθ', 'u': 'ùúûüūůűųуўю', 'v': 'вβ', 'x': 'ξ',
        'y': 'ýÿыυύϋΰ', 'z': 'źżžзжζ', '': 'ьъ'
    } -%}
    {%- set found = namespace(letters='', plain='') -%}
    {%- for plain, others in alike.items() -%}
        {%- for letter in others -%}
            {%- set both = letter ~ (letter.upper() if letter.upper() | length == 1) -%}
            {%- set found.letters = found.letters ~ both -%}
            {%- set found.plain = found.plain ~ plain * (both | length) -%}
        {%- endfor -%}
    {%- endfor -%}
    case
        when {{ matches(text, '[^ -~]') }}
            then translate({{ text }}, '{{ found.letters }}', '{{ found.plain }}')
        else {{ text }}
    end
{%- endmacro %}
