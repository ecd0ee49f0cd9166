{#- A select of the kind of each tender name, in lower case, from the seed tenders. -#}
{% macro tender_types() %}
    select
        lower(tender_name) as tender_name,
        min(tender_type) as tender_type
    from {{ ref('tenders') }}
    group by lower(tender_name)
{% endmacro %}
