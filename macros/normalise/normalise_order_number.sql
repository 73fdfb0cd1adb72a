{#
    The number of an order as systems that write it differently agree on it: lower case, without the
    number sign before it (#1001) and the `.0` that is left behind where a column of whole numbers had
    gaps (1001.0); null where nothing but zeros is left. Leading zeros stay: 007 and 7 may be two orders.

    It is there to be compared. What is shown is the number as its system writes it.

    number: a SQL expression of a trimmed text.
#}
{% macro normalise_order_number(number) -%}
    {%- set bare = replace_pattern('lower(' ~ number ~ ')', '^[# ]+') -%}
    case
        when {{ matches(bare, '^0*([.]0+)?$') }} then null
        when {{ matches(bare, '^[0-9]+[.]0+$') }} then split_part({{ bare }}, '.', 1)
        else {{ bare }}
    end
{%- endmacro %}
