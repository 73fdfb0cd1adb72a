{# Names of the columns whose text was not a valid value, joined by ','; null when there are none. #}
{% macro repaired_columns(columns) -%}
    nullif(substr(
        {%- for column in columns if column.meta.if_invalid != 'reject' and is_checked(column) %}
        {{ '|| ' if not loop.first }}case when {{ column.name }}__text is not null and {{ column.name }} is null then ',{{ column.name }}' else '' end
        {%- else %}
        ''
        {%- endfor %}
    , 2), '')
{%- endmacro %}


{# Whether a column's values can be invalid at all. #}
{% macro is_checked(column) %}
    {{ return(
        not is_text(column) or column.meta.accepted_values or column.meta.format
        or column.meta.phone_country
    ) }}
{% endmacro %}
