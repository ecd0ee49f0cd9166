{{ config(materialized='table', pre_hook="{{ no_nested_loops() }}") }}
-- One row per customer that shares a group with more senior ones: the group's founder, which is its
-- most senior member, and the pair that it belongs to the group by: a person's decision first, else
-- the best scored pair with another member.
with pairs as (
    select * from {{ ref('int_customer_pairs') }}
),

clustered as (
    {{ linked_clusters('pairs', customer_limits().group_at) }}
),

keys as (
    select record_no, record_key from {{ ref('int_customer_features') }}
),

joined as (
    {{ group_members('clustered', 'pairs', 'keys') }}
)

select * from joined
