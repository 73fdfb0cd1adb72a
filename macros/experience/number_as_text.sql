{#
    A decimal as a person writes it: 0.8 and not 0.800000.

    number: a SQL expression of a numeric with decimal places.
#}
{% macro number_as_text(number) -%}
    {{ replace_pattern('cast(' ~ number ~ ' as ' ~ dbt.type_string() ~ ')', '[.]?0+$') }}
{%- endmacro %}
