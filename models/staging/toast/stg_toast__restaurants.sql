{{ config(enabled='toast' in var('pos_sources')) }}

{{ staged_records(source('raw_toast', 'restaurants'), {
    'guid': 'text as restaurant_id',
    'general.name': 'text as name',
    'general.timeZone': 'text as time_zone',
    'general.closeoutHour': 'number as closeout_hour',
    'general.currencyCode': 'text as currency',
    'general.archived': 'boolean as is_archived',
}) }}
