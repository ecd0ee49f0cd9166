{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'orders'), {
    'guid': 'text as order_id',
    'source': 'text',
    'businessDate': 'text as business_day',
    'openedDate': 'timestamp as opened_at',
    'promisedDate': 'timestamp as promised_at',
    'modifiedDate': 'timestamp as modified_at',
    'voided': 'boolean as is_voided',
    'deleted': 'boolean as is_deleted',
    'createdInTestMode': 'boolean as is_test',
    'excessFood': 'boolean as is_excess_food',
    'server.guid': 'text as server_id',
}) }}
