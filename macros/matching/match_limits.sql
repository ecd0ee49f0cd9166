{#-
    From which score on (ten-thousandths) a pair of products is asked about (review), linked, likely,
    certain. Origin: link_at was tried on Abt-Buy and Online Retail (DECISIONS, "The same product":
    within .02 of the best cut); likely_at lies where calibration says most are right (Abt-Buy: of those
    given .7 to .9 48 of 55, of .5 to .7 27 of 43); certain_at is a rule: nine in ten, were the tills
    strangers; doubtful_at is a rule: asked about, never linked; review_at saves a person the pairs of
    which one in seven is right (Abt-Buy: 11 of 77 given .1 to .2), and most of two tills of strangers.
-#}
{% macro product_limits() %}
    {{ return({
        'review_at': 2000, 'doubtful_at': 3000, 'link_at': 4000, 'likely_at': 7000,
        'certain_at': 9000,
    }) }}
{% endmacro %}

{#-
    The same for customers, in millionths. Origin: DECISIONS, "The same person": at likely_at a pair is
    rather one person than not (febrl3 and fake_1000: of those given .5 to .7 48 of 49 right); certain_at
    is the precision that is promised; review_at saves a person pairs of which one in ten is right.
    kept_at: below, a pair is not kept. contradicted_at: household odds of 1 to 7, in ten-thousandths
    of a nat; such a pair counts `against` when groups form. group_at: mean score of a group. Both were
    tried on the two lists.
    relatives_in: pairs that contradict themselves in given name or birth date alone are twins and
    namesakes up to one for so many customers, errors where there are more. Origin: one birth in about
    80 is of twins; measured one for 9 to 20 errors (febrl3, fake_1000), for 60 to 100 (families).
-#}
{% macro customer_limits() %}
    {{ return({
        'kept_at': 10000, 'review_at': 100000, 'likely_at': 500000, 'certain_at': 990000,
        'contradicted_at': -20000, 'against': -5000, 'group_at': 3000, 'relatives_in': 50,
    }) }}
{% endmacro %}
