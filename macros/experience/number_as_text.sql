{#
    A number as a person writes it: 0.8 and not 0.800000, 10 and not 10.000000.

    number: a SQL expression of a number, of which six decimal places count.
#}
{% macro number_as_text(number) -%}
    {{ replace_pattern(
        'cast(cast(' ~ number ~ ' as numeric(28, 6)) as ' ~ dbt.type_string() ~ ')', '[.]?0+$'
    ) }}
{%- endmacro %}
