{#
    The median of an amount over the rows of a group, exact to 4 places: of an even number of rows the
    mean of the two in the middle, half up. Null where all are.

    amount: a SQL expression of a numeric with 4 places. All three engines have `median`; Spark's is a
    double, and only a fifth place in what goes in lets the others keep the half.
#}
{% macro median(amount) -%}
    cast(median(cast({{ amount }} as numeric(20, 5))) as numeric(18, 4))
{%- endmacro %}
