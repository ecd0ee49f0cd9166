{{ config(enabled='lightspeed_k' in var('pos_sources')) }}

{{ staged_records(source('raw_lightspeed_k', 'sales'), {
    'accountFiscId': 'text as account_fisc_id',
    'businessLocationId': 'text as location_id',
    'receiptId': 'text as receipt_id',
    'source.initialAccountId': 'text as initial_account_id',
    'type': 'text',
    'cancelled': 'boolean as is_cancelled',
    'timeOfOpening': 'timestamp as opened_at',
    'timeClosed': 'timestamp as closed_at',
    'accountProfileCode': 'text as account_profile_code',
    'ownerId': 'text as owner_id',
    'ownerName': 'text as owner_name',
    'deviceId': 'text as device_id',
    'deviceName': 'text as device_name',
    'voidReason': 'text as void_reason',
}) }}
