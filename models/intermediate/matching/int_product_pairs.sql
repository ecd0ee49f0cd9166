{{ config(materialized='table') }}
-- One row per two products that are the same. A shared code links only where the names agree: half
-- of the words of the shorter name for a barcode or a supplier's code, three quarters for a SKU
-- (tills give old numbers to new products), and never where both names hold numbers and share none
-- ("24 pc" and "100 pc"), save by barcode. Each must be the other's single best in that account, so
-- that a code on several products links none of them unless the names single one out.
-- A person's decision stands above all of it.
with candidates as (
    select * from {{ ref('int_product_candidates') }}
),

decisions as (
    select * from {{ ref('int_product_decisions') }}
),

words as (
    select * from {{ ref('int_product_words') }}
),

-- What a person has decided is decided for both products: no rule links them to a third one there.
undecided as (
    select candidates.*
    from candidates
    where not exists (
            select 1 from decisions
            where decisions.record_key = candidates.record_key
                and decisions.other_account_id = candidates.other_account_id
                and (decisions.decision = 'same' or decisions.other_key = candidates.other_key)
        )
        and not exists (
            select 1 from decisions
            where decisions.other_key = candidates.other_key
                and decisions.account_id = candidates.account_id
                and decisions.decision = 'same'
        )
),

compared as (
    {{ compared_names('undecided', 'words') }}
),

agreeing as (
    select
        undecided.*,
        compared.common_words,
        compared.words_to_share,
        {{ share_of('compared.common_words', 'compared.words_to_share') }} as score
    from undecided
    inner join compared
        on undecided.record_key = compared.record_key and undecided.other_key = compared.other_key
    where case undecided.method
            when 'sku' then 4 * compared.common_words >= 3 * compared.words_to_share
            else 2 * compared.common_words >= compared.words_to_share
        end
        and (
            undecided.method = 'barcode'
            or compared.numbers_to_share = 0
            or compared.common_numbers > 0
        )
),

ranked as (
    select
        agreeing.*,
        {{ place_of_best('record_key, other_account_id') }} as place,
        {{ place_of_best('other_key, account_id') }} as other_place
    from agreeing
),

unrivalled as (
    select
        ranked.*,
        count(*) over (partition by record_key, other_account_id, place) as rivals,
        count(*) over (partition by other_key, account_id, other_place) as other_rivals
    from ranked
),

linked as (
    select
        record_key,
        other_key,
        method_rank,
        method,
        score,
        case
            when
                method = 'barcode' or (common_words = words_to_share and common_words > 1)
                then 'certain'
            when score >= 0.75 then 'likely'
            else 'review'
        end as band,
        'same '
        || case method
            when 'sku' then 'SKU ' when 'supplier_code' then 'supplier code ' else 'barcode '
        end
        || code
        || ', '
        || cast(common_words as varchar)
        || ' of '
        || cast(words_to_share as varchar)
        || ' words alike' as reasons,
        'rule' as decided_by
    from unrivalled
    where place = 1 and other_place = 1 and rivals = 1 and other_rivals = 1
    union all
    select
        record_key,
        other_key,
        0 as method_rank,
        'override' as method,
        cast(1 as numeric(5, 4)) as score,
        'certain' as band,
        coalesce(reason, 'decided by a person') as reasons,
        'person' as decided_by
    from decisions
    where decision = 'same'
)

select * from linked
