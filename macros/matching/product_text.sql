{#-
    A product's name as words that compare alike: lower case, no accents, no punctuation but the
    hyphens of codes and the points of numbers, Chinese and Japanese letters one by one (their
    names have no blanks), one spelling for packs ("set of 6", "6-pack", "6er", "6 pcs", "6 x 40g",
    "40g x 6": 6pk) and units (15 cm: 15cm; 27": 27in), single blanks between.
    Only what is a pack becomes one: "6 pack 330 ml" is 6pk 330ml, "Lego set 10497", "iPhone case 6"
    and 10 x 15 cm stay, and 18 ct of gold is 18k. "24x" is a pack beside a weight or volume and at
    either end of the name, but for the speed of a drive and the zoom of a lens, which change places
    there. That takes the order of the steps: "pack of 6", "6 pack", numbers with their units, "6 x",
    "pack 6".
-#}
{% macro product_text(text) -%}
    {%- set marks = ',;:!?&+*\\|_()[]{}<>#%=~^@–—/®™' -%}
    {%- set gold = '9|10|14|18|21|22|24' -%}
    {%- set weighed = '(mg|g|kg|oz|lbs?|ml|cl|l)' -%}
    {%- set speed = '(zoom|optical|digital|speed|dvd|cd)' -%}
    {%- set steps = [
        ('([぀-ヿ㐀-鿿])', ' \\1 '),
        ('([0-9])"', '\\1in '), ('"', ''),
        ('([0-9])[.]0+( |$)', '\\1\\2'), ('([^0-9])[.]|[.]([^0-9]|$)', '\\1 \\2'),
        ('(^| )(' ~ gold ~ ')[ -]?ct(( [a-z]+)? gold( |$))', '\\1\\2k\\3'),
        ('((^| )gold( +[a-z]+)* +)(' ~ gold ~ ')[ -]?ct( |$)', '\\1\\4k '),
        ('(^| )(twin|double)[ -]?packs?( |$)', '\\12pk '), ('(^| )triple[ -]?packs?( |$)', '\\13pk '),
        ('(^| )(pack|multi-?pack|set|box|case|carton|crate|tray|pk) of ([0-9]{1,4})( |$)', '\\1\\3pk '),
        ('(^-*| -*)([0-9]{1,4})[ -]?((er[ -]?|multi-?)?packs?|pk|pcs?|pieces?|ct|count)( |$)', '\\1\\2pk '),
        ('(^| )([1-4]?[0-9])er( |$)', '\\1\\2pk '),
        ('([0-9])[ -]?(inch|inches|in)( |$)', '\\1in '),
        ('([0-9])[ -]?(foot|feet|ft)( |$)', '\\1ft '),
        ('([0-9])[ -]?(watts?|w)( |$)', '\\1w '),
        ('([0-9])[ -]?(' ~ product_units() ~ ')( |$)', '\\1\\2 '),
        ('(^| )([0-9]{1,3}) *x *([0-9.]+' ~ weighed ~ ')( |$)', '\\1\\2pk \\3 '),
        ('([0-9]' ~ weighed ~ ') *(x *([0-9]{1,3})|([0-9]{1,3})x)( |$)', '\\1 \\4\\5pk '),
        (speed ~ ' ([0-9]{1,3}x) *$', '\\2 \\1'),
        ('((^| )[^0-9 ]{3,}) +(x ([0-9]{1,2})|([0-9]{1,3})x) *$', '\\1 \\4\\5pk'),
        ('^ *([0-9]{1,3}x) +' ~ speed ~ '( |$)', '\\2 \\1 '),
        ('^ *([0-9]{1,3}) ?x +([^0-9 ])', '\\1pk \\2'),
        ('(^| )(pack|multi-?pack|set|box|pk) ([0-9]{1,3})( |$)', '\\1\\3pk '),
        ('(^| )-+|-+( |$)', ' '), (' +', ' ')
    ] -%}
    {%- set written = namespace(
        sql="lower(translate(regexp_replace(" ~ plain_letters(text) ~ ", '[[:space:]]+', ' ', 'g'), '"
            ~ "''’`" ~ marks ~ "', '" ~ '"""' ~ ' ' * (marks | length) ~ "'))"
    ) -%}
    {%- for pattern, replacement in steps -%}
        {%- set written.sql = "regexp_replace(" ~ written.sql ~ ", '" ~ pattern ~ "', '"
            ~ replacement ~ "', 'g')" -%}
    {%- endfor -%}
    trim({{ written.sql }})
{%- endmacro %}

{#- Units that stay with their number, as a pattern. -#}
{% macro product_units() -%}
    cm|mm|m|oz|lbs?|kg|g|gb|mb|tb|mhz|ghz|hz|mp|v|volts?|ml|l|cl
{%- endmacro %}

{#- What a word of a name is: number (with or without unit), code (a model number) or word. -#}
{% macro product_word_kind(word) -%}
    case
        when {{ matches(word, '^[0-9]{5,}$') }} then 'code'
        when {{ matches(word, '^[0-9.]+(pk|in|ft|w|x|st|nd|rd|th|' ~ product_units() ~ ')?$') }} then 'number'
        when length({{ word }}) >= 4 and {{ matches(word, '[0-9]') }} then 'code'
        else 'word'
    end
{%- endmacro %}

{#- A code without the letters at its end: variants of one model differ there. -#}
{% macro without_letters_behind(code) -%}
    regexp_replace({{ code }}, '[a-z]+$', '')
{%- endmacro %}

{#-
    A code, or null where a till writes a placeholder for none: zeros or x alone, nothing that is a
    digit or a letter (of any alphabet), or words such as "N/A" and "TBA".
-#}
{% macro told_code(code) -%}
    {%- set bare = "regexp_replace(lower(" ~ code ~ "), '[^0-9a-zÀ-ῼぁ-힣]+', '', 'g')" -%}
    {%- set placeholders = [
        '0*', 'xx+', 'na', 'nan', 'nil', 'none', 'null', 'nocode', 'nosku', 'notapplicable',
        'notavailable', 'notknown', 'tba', 'tbc', 'tbd', 'undefined', 'unknown'
    ] -%}
    case
        when not {{ matches(bare, '^(' ~ placeholders | join('|') ~ ')$') }} then {{ code }}
    end
{%- endmacro %}
