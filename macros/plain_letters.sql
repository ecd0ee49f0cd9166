{#-
    For translate(): Latin letters with accents, Cyrillic and Greek ones, and the plain letters
    that they compare as; `letters` ends with signs that have no sound, and are left out. Both
    engines then see the same letters (each has its own lower() and levenshtein() for others), and
    a name typed in Latin letters is found beside its own spelling.
-#}
{% macro plain_letters() -%}
    {%- set alike = {
        'a': 'àáâãäåāăąæаяαά', 'b': 'б', 'c': 'çčćцч', 'd': 'ďđðдδ', 'e': 'èéêëēėęěеёэєεέ',
        'f': 'фφ', 'g': 'ğģгґγ', 'h': 'хχ', 'i': 'ìíîïīıİиійїιίϊΐηή', 'j': 'ј', 'k': 'ķкκ',
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
    {{ return({'letters': found.letters, 'plain': found.plain}) }}
{%- endmacro %}
