{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'time_entries'), {
    'guid': 'text as time_entry_id',
    'employeeReference.guid': 'text as employee_id',
    'jobReference.guid': 'text as job_id',
    'inDate': 'timestamp as clocked_in_at',
    'outDate': 'timestamp as clocked_out_at',
    'paidBreakHours': 'number as paid_break_hours',
    'unpaidBreakHours': 'number as unpaid_break_hours',
    'overtimeHours': 'number as overtime_hours',
    'hourlyWage': 'number as hourly_wage',
    'declaredCashTips': 'number as declared_cash_tips',
    'deleted': 'boolean as is_deleted',
}) }}
