{#
    Whether a day is within a window that ends with the as-of date (a condition).

    day: a SQL expression of a date; days: length of the window, none for all time.
#}
{% macro within_window(day, days) -%}
    {%- do check_vars() -%}
    {{ day }} <= {{ as_of_date() }}
    {%- if days %} and {{ day }} > {{ dbt.dateadd('day', -days, as_of_date()) }}{% endif %}
{%- endmacro %}
