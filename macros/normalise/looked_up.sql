{#
    What a small table of the project's says of a text; null where it does not have it.

    text: a SQL expression, written once, where a CASE of many branches repeats it in each.
    values: {key: value}; neither holds a `|`, no key a `:`, and no value is empty.
#}
{% macro looked_up(text, values) -%}
    nullif(split_part(split_part(
        '
        {%- for key, value in values.items() %}|{{ key }}:{{ value }}{% endfor -%}
        ', '|' || {{ text }} || ':', 2
    ), '|', 1), '')
{%- endmacro %}
