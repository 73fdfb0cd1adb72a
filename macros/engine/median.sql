{#
    The median of an amount over the rows of a group, exact to 4 places: of an even number of rows the
    mean of the two in the middle, half up. Null where all are.

    amount: a SQL expression of a numeric with 4 places. All three engines have `median`. What goes in
    and what comes out is given a fifth place, for the half: else a decimal would round it away, and
    Databricks' double would say 0.00124999….
#}
{% macro median(amount) -%}
    cast(cast(median(cast({{ amount }} as numeric(20, 5))) as numeric(20, 5)) as numeric(18, 4))
{%- endmacro %}
