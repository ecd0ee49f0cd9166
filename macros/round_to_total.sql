{#-
    Largest remainder: a select that adds to `relation` the column `into`, the whole number nearest
    to numerator / denominator of each row, such that the rows of a partition add up to `total`.

    All arguments are columns of `relation` holding whole numbers (denominator > 0 and the same in
    a partition). Each row takes the floor of its share; what is missing goes, one each, to the rows
    with the largest remainders. A total that rounding cannot reach is left alone: the rows are
    rounded plainly, and the caller shows the rest on a line of its own.
-#}
{% macro round_to_total(relation, total, numerator, denominator, into, partition_by, order_by) %}
    select
        ranked.*,
        ranked.{{ into }}_floor + case
            when ranked.{{ into }}_missing between 0 and ranked.{{ into }}_roundable
                then case when ranked.{{ into }}_rank <= ranked.{{ into }}_missing then 1 else 0 end
            when 2 * ranked.{{ into }}_remainder >= ranked.{{ denominator }} then 1
            else 0
        end as {{ into }}
    from (
        select
            floors.*,
            floors.{{ total }} - sum(floors.{{ into }}_floor) over (partition by {{ partition_by }})
                as {{ into }}_missing,
            sum(case when floors.{{ into }}_remainder > 0 then 1 else 0 end)
                over (partition by {{ partition_by }}) as {{ into }}_roundable,
            row_number() over (
                partition by {{ partition_by }} order by floors.{{ into }}_remainder desc, {{ order_by }}
            ) as {{ into }}_rank
        from (
            select
                remainders.*,
                {{ whole_quotient('remainders.' ~ numerator ~ ' - remainders.' ~ into ~ '_remainder', 'remainders.' ~ denominator) }}
                    as {{ into }}_floor
            from (
                select
                    shares.*,
                    ((shares.{{ numerator }} % shares.{{ denominator }}) + shares.{{ denominator }})
                    % shares.{{ denominator }} as {{ into }}_remainder
                from {{ relation }} as shares
            ) as remainders
        ) as floors
    ) as ranked
{% endmacro %}
