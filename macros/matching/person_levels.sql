{#-
    How alike two customers are in each field, one letter per field, in the words of the seed
    customer_match_levels: field -> expression over `one` and `two`, rows of int_customer_features.
    Known forms of a given name are not seen here: the list of them may change.
    Edit distances are compared as parts of the longer text: 1 letter in 4, 2 letters in 5. Origin of
    these and of the least lengths (3 and 4 letters of a name): judgement of what a typing error is;
    what each level weighs is learned.
-#}
{% macro person_levels() %}
    {{ return({
        'given': given_level(),
        'surname': surname_level(),
        'birth_date': field_level('birth_date', [
            ("left(one.birth_date, 4) = left(two.birth_date, 4) and substr(one.birth_date, 5, 2) = substr(two.birth_date, 7, 2) and substr(one.birth_date, 7, 2) = substr(two.birth_date, 5, 2)", '1'),
            (edit_distance('one.birth_date', 'two.birth_date') ~ ' = 1', '4'),
            (edit_distance('one.birth_date', 'two.birth_date') ~ ' = 2', '5'),
        ]),
        'email': email_level(),
        'phone': field_level('phone', [
            ('one.phone = two.other_phone or one.other_phone = two.phone', '1'),
            (edit_distance('one.phone', 'two.phone') ~ ' <= 2', '4'),
        ]),
        'postcode': field_level('postcode', [
            (edit_distance('one.postcode', 'two.postcode') ~ ' <= 1', '4')
        ]),
        'address': field_level('address', [
            (within('address', 1, 5), '4'),
            (edit_distance('left(one.address, 10)', 'left(two.address, 10)') ~ ' <= 1', '2'),
            (within('address', 2, 5), '5'),
        ]),
        'city': field_level('city', [
            (part_of('city'), '2'), (within('city', 1, 4), '4')
        ]),
        'company': field_level('company', [
            (part_of('company'), '2'), (within('company', 1, 4), '4')
        ]),
    }) }}
{% endmacro %}

{% macro field_level(field, rules) -%}
    case
        when one.{{ field }} is null or two.{{ field }} is null then '-'
        when one.{{ field }} = two.{{ field }} then '='
        {% for rule, letter in rules -%}
        when {{ rule }} then '{{ letter }}'
        {% endfor -%}
        else '9'
    end
{%- endmacro %}

{#- At most `part` of `whole` letters of the longer text differ. -#}
{% macro within(field, part, whole) -%}
    {{ edit_distance('one.' ~ field, 'two.' ~ field) }} * {{ whole }}
    <= greatest(length(one.{{ field }}), length(two.{{ field }})) * {{ part }}
{%- endmacro %}

{#- Tmo for Tom: two edits, but the same letters; in a short name a usual typing error. -#}
{% macro letters_swapped(field) -%}
    (
        length(one.{{ field }}) = length(two.{{ field }})
        and translate(one.{{ field }}, two.{{ field }}, '') = ''
        and translate(two.{{ field }}, one.{{ field }}, '') = ''
        and {{ edit_distance('one.' ~ field, 'two.' ~ field) }} = 2
    )
{%- endmacro %}

{#- One text holds the other as whole words. -#}
{% macro part_of(field) -%}
    strpos(' ' || one.{{ field }} || ' ', ' ' || two.{{ field }} || ' ') > 0
    or strpos(' ' || two.{{ field }} || ' ', ' ' || one.{{ field }} || ' ') > 0
{%- endmacro %}

{#- Given and family name stand in each other's place in one of the two. -#}
{% macro names_turned() -%}
    coalesce(one.given = two.surname, one.given is null or two.surname is null)
    and coalesce(one.surname = two.given, one.surname is null or two.given is null)
    and coalesce(one.given = two.surname, one.surname = two.given, false)
{%- endmacro %}

{% macro given_level() -%}
    case
        when one.given = two.given then '='
        when {{ names_turned() }} then '1'
        when one.given is null or two.given is null then '-'
        when least(length(one.given), length(two.given)) = 1
            then case when left(one.given, 1) = left(two.given, 1) then '3' else '9' end
        when {{ part_of('given') }} then '2'
        when {{ umlauts_apart('one.given') }} = {{ umlauts_apart('two.given') }} then '2'
        when least(length(one.given), length(two.given)) >= 3
            and abs(length(one.given) - length(two.given)) > 1
            and (strpos(one.given, two.given) = 1 or strpos(two.given, one.given) = 1) then '2'
        when {{ generations_apart('given') }} then '9'
        when {{ within('given', 1, 4) }} then '4'
        when {{ names_nearly_turned() }} then '6'
        when {{ within('given', 2, 5) }} then '5'
        else '9'
    end
{%- endmacro %}

{#- David Jr and David Sr are told apart by those who wrote the names; one letter, and no slip. -#}
{% macro generations_apart(name) -%}
    (
        right(one.{{ name }}, 3) in (' jr', ' sr', ' ii', 'iii', ' iv')
        and right(two.{{ name }}, 3) in (' jr', ' sr', ' ii', 'iii', ' iv')
        and right(one.{{ name }}, 3) <> right(two.{{ name }}, 3)
    )
{%- endmacro %}

{#- Jürgen, whose accent is gone, and Juergen alike. -#}
{% macro umlauts_apart(name) -%}
    replace(replace(replace({{ name }}, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
{%- endmacro %}

{#-
    Both given names are in use, so that neither is a typing error of the other: listed, or borne by
    more than four customers each and by neither more than some sixteen times as often (four letters
    of holders_letter()): a usual slip of a usual name is borne by many, too.
-#}
{% macro both_in_use() -%}
    (
        one.is_listed and two.is_listed
        or (one.is_listed or one.is_borne) and (two.is_listed or two.is_borne)
        and abs(ascii(one.holders) - ascii(two.holders)) <= 4
    )
{%- endmacro %}

{% macro surname_level() -%}
    case
        when one.surname = two.surname then '='
        when {{ names_turned() }} then '1'
        when one.surname is null or two.surname is null then '-'
        when {{ part_of('surname') }} then '2'
        when {{ generations_apart('surname') }} then '9'
        when {{ within('surname', 1, 4) }} then '4'
        when {{ names_nearly_turned() }} then '-'
        when {{ within('surname', 2, 5) }} then '5'
        else '9'
    end
{%- endmacro %}

{#- The same with typing errors: both names are nearer to the other one of the other record. -#}
{% macro names_nearly_turned() -%}
    (
        {{ edit_distance('one.given', 'two.surname') }} * 5
        <= 2 * greatest(length(one.given), length(two.surname))
        and {{ edit_distance('one.surname', 'two.given') }} * 5
        <= 2 * greatest(length(one.surname), length(two.given))
    )
{%- endmacro %}

{#-
    Where only one of the two has an e-mail and lacks a part of its name: whether the mailbox holds
    that part of the other's name. Two mailboxes that hold their owners' names are as alike as the
    names are: nothing but the very same one, or the same figures in it, says more.
-#}
{% macro email_level() -%}
    case
        when one.email = two.email then '='
        when one.email is null or two.email is null
            then case
                when {{ mailbox_holds('one', 'two') }} or {{ mailbox_holds('two', 'one') }} then '3'
                else '-'
            end
        when split_part(one.email, '@', 1) = split_part(two.email, '@', 1)
            and (
                {{ matches("split_part(one.email, '@', 1)", '[0-9]') }}
                or {{ edit_distance("split_part(one.email, '@', 2)", "split_part(two.email, '@', 2)") }} <= 2
                or not coalesce({{ named_after_owner('one') }} and {{ named_after_owner('two') }}, false)
            ) then '2'
        when {{ named_after_owner('one') }} and {{ named_after_owner('two') }} then '9'
        {#- three errors in all leave at most six in the first letters: the quick way #}
        when {{ edit_distance('left(one.email, 12)', 'left(two.email, 12)') }} > 6 then '9'
        when {{ edit_distance('one.email', 'two.email') }} = 1 then '4'
        when {{ edit_distance('one.email', 'two.email') }} <= 3 then '5'
        else '9'
    end
{%- endmacro %}

{#- The mailbox of one of the two holds its own family name. -#}
{% macro named_after_owner(side) -%}
    (length({{ side }}.surname) >= 3
        and strpos({{ side }}.email, {{ side }}.surname) between 1 and strpos({{ side }}.email, '@'))
{%- endmacro %}

{% macro mailbox_holds(here, there) -%}
    coalesce(
        {{ here }}.email is not null
        and (
            ({{ here }}.surname is null and length({{ there }}.surname) >= 4
                and strpos({{ here }}.email, {{ there }}.surname) between 1 and strpos({{ here }}.email, '@'))
            or ({{ here }}.given is null and length({{ there }}.given) >= 4
                and strpos({{ here }}.email, {{ there }}.given) between 1 and strpos({{ here }}.email, '@'))
        ), false
    )
{%- endmacro %}
