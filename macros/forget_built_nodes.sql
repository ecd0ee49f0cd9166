{#-
    Whatever dbt is about to build is no longer known to be as the last night left it: the night's
    next build (scripts/stale.py) makes it anew, unless that is the one that starts here and ends well.
-#}
{% macro forget_built_nodes() %}
    create schema if not exists raw_tillhouse;
    create table if not exists raw_tillhouse.built_nodes (node_id varchar, built_key varchar);
    delete from raw_tillhouse.built_nodes
    where node_id in ('none' {%- for node in selected_resources %}, '{{ node }}'{% endfor %})
{% endmacro %}
