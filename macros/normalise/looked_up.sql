{#
    What a small table of the project's says of a text; null where it does not have it.

    text: a SQL expression, written once, where a CASE of many branches repeats it in each.
    values: {key: value}; no key holds a `|` or a `:`, and no value a blank.
    The table is one text, in which a value, filled up to the width of the longest, stands before its
    key: `GB:united kingdom|GB:england|…`.
#}
{% macro looked_up(text, values) -%}
    {%- set width = values.values() | map('length') | max -%}
    {%- set entries = [] -%}
    {%- for key, value in values.items() -%}
        {%- do entries.append(value ~ ' ' * (width - value | length) ~ ':' ~ key ~ '|') -%}
    {%- endfor -%}
    {%- set table = "'" ~ dbt.escape_single_quotes(entries | join) ~ "'" -%}
    trim(substr(
        {{ table }}, nullif({{ dbt.position("':' || " ~ text ~ " || '|'", table) }}, 0) - {{ width }}, {{ width }}
    ))
{%- endmacro %}
