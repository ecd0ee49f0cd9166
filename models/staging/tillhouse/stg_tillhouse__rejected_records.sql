{{ config(materialized='view') }}
-- One row per row or cell of a file that could not be loaded.
with source as (
    select * from {{ source('raw_tillhouse', 'rejected_records') }}
),

renamed as (
    select
        account_id,
        entity,
        file,
        sheet,
        row_number as file_row,
        field,
        column_name,
        value,
        reason,
        rejected_at
    from source
)

select * from renamed
