{#-
    How many customers a record may be led to by shared values. Tried on invented lists: DECISIONS,
    "The same person".
-#}
{% macro most_partners() -%}40{%- endmacro %}

{#-
    Values that lead from a customer to others: name -> expression, null when it says nothing. The
    other phone stands behind the phone, as both are of one kind.
-#}
{% macro person_keys() %}
    {{ return({
        'email': 'email',
        'mailbox': "case when length(split_part(email, '@', 1)) >= 5 then split_part(email, '@', 1) end",
        'phone': 'phone',
        'other phone': 'other_phone',
        'name': "least(given, surname) || ' ' || greatest(given, surname)",
        'name begins': "least(substr(given, 1, 4), substr(surname, 1, 4)) || ' ' || greatest(substr(given, 1, 4), substr(surname, 1, 4))",
        'birth date': 'birth_date',
        'birth date and family name': "birth_date || substr(surname, 1, 3)",
        'birth date and given name': "birth_date || substr(given, 1, 3)",
        'birth date and postcode': "birth_date || postcode",
        'birth date and city': "birth_date || substr(city, 1, 4)",
        'postcode and family name': "postcode || substr(surname, 1, 3)",
        'postcode and given name': "postcode || substr(given, 1, 3)",
        'city and name': "substr(city, 1, 4) || substr(surname, 1, 4) || substr(given, 1, 2)",
        'family name': 'surname',
        'given name': 'given',
        'address': 'address',
        'address begins': "substr(address, 1, 10) || substr(surname, 1, 1)",
        'postcode and address': "postcode || substr(address, 1, 5)",
        'company': 'company',
        'provider': "split_part(email, '@', 2)",
        'mailbox begins': "substr(email, 1, 6)",
        'birth month and given name': "substr(birth_date, 1, 6) || substr(given, 1, 3)",
        'birth month and family name': "substr(birth_date, 1, 6) || substr(surname, 1, 3)",
        'birth day and given name': "substr(birth_date, 5, 4) || substr(given, 1, 2)",
        'birth day and family name': "substr(birth_date, 5, 4) || substr(surname, 1, 2)",
        'birth year and name': "substr(birth_date, 1, 4) || least(substr(given, 1, 2), substr(surname, 1, 2)) || greatest(substr(given, 1, 2), substr(surname, 1, 2))",
        'city and given name': "substr(city, 1, 5) || given",
        'city and family name': "substr(city, 1, 5) || surname",
        'city and birth year': "substr(city, 1, 5) || substr(birth_date, 1, 4)",
        'phone ends': "right(phone, 6) || substr(given, 1, 1)",
        'mailbox and birth year': "substr(email, 1, 3) || substr(birth_date, 1, 4)",
        'name ends': "right(given, 3) || right(surname, 4)",
    }) }}
{% endmacro %}
