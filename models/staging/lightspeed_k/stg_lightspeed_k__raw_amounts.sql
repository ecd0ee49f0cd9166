{{ config(enabled='lightspeed_k' in var('pos_sources'), materialized='view') }}
-- One row per line and payment of every current raw sale, read apart from the models that are
-- checked against it.
{{ staged_records(source('raw_lightspeed_k', 'sales'), {
    'taxAmount': 'number as tax_amount',
    'totalNetAmountWithTax': 'number as amount_with_tax',
    'totalNetAmountWithoutTax': 'number as amount_without_tax',
    'taxLines.0.taxIncluded': 'boolean as is_tax_included',
    'serviceCharge': 'number as service_charge',
    'netAmountWithTax': 'number as net_amount',
    'tip': 'number',
    'surcharge': 'number',
    'roundingAmount': 'number as rounding_amount',
}, items=['salesLines', 'payments']) }}
