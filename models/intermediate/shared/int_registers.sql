-- One row per register of an account.
with registers as (
    {{ union_sources('registers', ['account_id', 'register_id', 'register_name', 'location_id']) }}
)

select * from registers
