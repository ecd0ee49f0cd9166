{#-
    The select of a memory of what each record of the tills' lists held, and which record took its
    place: a row for each record of which that is new or another than before. The model that it
    fills is its own memory: incremental, and never fully refreshed.

    A record that is deleted, or no longer in the list, has left. Its successor is the record of the
    same account that holds the same (`content_key`), where only one that left, and only one of the
    list, hold it, and no person said that the two differ. So it lasts, whatever the successor
    holds later; when that leaves too, its successor takes over both. A record that is back stands
    for itself.

    `records`: record_key, account_id, record_id, content_key (null where too little is known to tell
    it from others), is_listed (false when deleted). `overrides`: macro overrides_by_record.
    `memory`: what the model holds; none before the first run.
-#}
{% macro successors(records, overrides, memory=none) %}
    with history as (
        {%- if memory %}
        select * from {{ memory }}
        {%- else %}
        select
            records.*, 0 as run_number, record_key as successor_key, record_key as reason
        from {{ records }} as records
        where 1 = 0
        {%- endif %}
    ),

    known as (
        select history.*
        from history
        inner join (
            select record_key, max(run_number) as run_number from history group by record_key
        ) as last_rows
            on history.record_key = last_rows.record_key
            and history.run_number = last_rows.run_number
    ),

    this_run as (
        select cast(coalesce(max(run_number), 0) + 1 as integer) as run_number from history
    ),

    differing as (
        {%- for one, other in [('', 'other_'), ('other_', '')] %}
        select
            {{ dbt_utils.generate_surrogate_key([one ~ 'account_id', one ~ 'record_id']) }}
                as record_key,
            {{ dbt_utils.generate_surrogate_key([other ~ 'account_id', other ~ 'record_id']) }}
                as other_key
        from {{ overrides }}
        where decision = 'different'
        {{ 'union' if not loop.last }}
        {%- endfor %}
    ),

    seen as (
        select
            coalesce(records.record_key, known.record_key) as record_key,
            coalesce(records.account_id, known.account_id) as account_id,
            coalesce(records.record_id, known.record_id) as record_id,
            case when records.record_key is null then known.content_key else records.content_key end
                as content_key,
            coalesce(records.is_listed, false) as is_listed,
            known.record_key is null as is_new,
            known.content_key as known_content_key,
            known.successor_key as known_successor_key,
            known.reason as known_reason
        from {{ records }} as records
        full outer join known on records.record_key = known.record_key
    ),

    followed as (
        select
            seen.*,
            case
                when not seen.is_listed and differing.record_key is null
                    then seen.known_successor_key
            end as standing_key
        from seen
        left join differing
            on seen.record_key = differing.record_key
            and seen.known_successor_key = differing.other_key
    ),

    leavers as (
        select account_id, content_key, min(record_key) as record_key, count(*) as records
        from followed
        where not is_listed and standing_key is null and content_key is not null
        group by account_id, content_key
    ),

    alike as (
        select
            leavers.account_id,
            leavers.content_key,
            leavers.record_key,
            leavers.records,
            min(listed.record_key) as successor_key,
            count(*) as listed
        from leavers
        inner join followed as listed
            on leavers.account_id = listed.account_id
            and leavers.content_key = listed.content_key
        where listed.is_listed
        group by leavers.account_id, leavers.content_key, leavers.record_key, leavers.records
    ),

    found as (
        select alike.record_key, alike.successor_key
        from alike
        left join differing
            on alike.record_key = differing.record_key
            and alike.successor_key = differing.other_key
        where alike.records = 1 and alike.listed = 1 and differing.record_key is null
    ),

    placed as (
        select
            followed.*,
            case
                when not followed.is_listed
                    then coalesce(
                        later.successor_key, followed.standing_key, found.successor_key
                    )
            end as successor_key,
            case
                when not followed.is_listed and alike.account_id is not null
                    then alike.records || ' that left and ' || alike.listed
                        || ' in the list hold the same'
            end as doubt
        from followed
        left join found on followed.record_key = found.record_key
        left join found as later on followed.standing_key = later.record_key
        left join alike
            on followed.account_id = alike.account_id
            and followed.content_key = alike.content_key
    ),

    told as (
        select
            placed.*,
            case
                when successor_key is null then doubt
                else 'the same content under a new id of the till'
            end as reason
        from placed
    )

    select
        cast(told.record_key as varchar) as record_key,
        this_run.run_number,
        cast(told.account_id as varchar) as account_id,
        cast(told.record_id as varchar) as record_id,
        cast(told.content_key as varchar) as content_key,
        cast(told.successor_key as varchar) as successor_key,
        {{ run_date() }} as since,
        cast(told.reason as varchar) as reason
    from told
    cross join this_run
    where (told.is_new and told.content_key is not null)
        or (
            not told.is_new
            and (
                told.content_key is distinct from told.known_content_key
                or told.successor_key is distinct from told.known_successor_key
                or told.reason is distinct from told.known_reason
            )
        )
{% endmacro %}

{#- Of a memory of successors the last row of each record that left and is like another. -#}
{% macro records_that_left(memory) %}
    select
        rows_told.record_key,
        rows_told.account_id,
        rows_told.record_id,
        rows_told.successor_key,
        rows_told.since,
        rows_told.reason
    from (select * from {{ memory }}) as rows_told
    where rows_told.reason is not null
        and not exists (
            select 1 from (select * from {{ memory }}) as later
            where later.record_key = rows_told.record_key
                and later.run_number > rows_told.run_number
        )
{% endmacro %}
