{#
    What a small table of the project's says of a text; null where it does not have it.

    text: a SQL expression, written once, where a CASE of many branches repeats it in each.
    values: {key: value}; neither holds a `|`, no key a `:`, and no value is empty.
#}
{% macro looked_up(text, values) -%}
    {%- set entries = [] -%}
    {%- for key, value in values.items() -%}{%- do entries.append(key ~ ':' ~ value) -%}{%- endfor -%}
    {%- set table = "'|" ~ dbt.escape_single_quotes(entries | join('|')) ~ "|'" -%}
    {%- set longest = entries | map('length') | max -%}
    {#- the entry is cut out before it is split: to split the whole table takes ten times as long -#}
    split_part(split_part(substr(
        {{ table }},
        nullif({{ dbt.position("'|' || " ~ text ~ " || ':'", table) }}, 0) + 1,
        {{ longest }}
    ), '|', 1), ':', 2)
{%- endmacro %}
