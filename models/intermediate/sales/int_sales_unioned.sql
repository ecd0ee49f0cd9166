-- One row per sale of every till, as the till states it.
with sales as (
    {{ union_sources('sales', [
        '_version_id', 'account_id', 'sale_id', 'receipt_number', 'location_id', 'register_id',
        'employee_id', 'customer_id', 'source_status', 'sales_channel', 'return_of_sale_id',
        'sold_at', 'opened_at', 'updated_at', 'extracted_at', 'is_deleted', 'stated_net',
        'stated_tax', 'stated_total', 'stated_order_discount', 'stated_adjustments',
        'stated_discount_adjustments', 'note'
    ]) }}
)

select * from sales
