{#
    An id of Salesforce's with the three characters at its end that say which of its letters are
    capital: reports leave them out, its interfaces do not. All else stays as it is.

    text: a SQL expression, repeated as little as can be, since whoever gives one gives a long one.
    Each of the three tells of five characters, the first of them the least: five marks, 1 for a
    capital, are a number in binary digits, and that the place of a character.
    (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm)
#}
{% macro salesforce_id(text) -%}
    {%- set marks = replace_pattern(replace_pattern(text, '[^A-Z]', '0'), '[A-Z]', '1') -%}
    {%- set told = namespace(by=replace_pattern(marks, '([01]{5})', '<1>;')) -%}
    {%- for character in 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345' -%}
        {%- set five = '{:05b}'.format(loop.index0) | reverse -%}
        {%- set told.by = 'replace(' ~ told.by ~ ", '" ~ five ~ ";', '" ~ character ~ "')" -%}
    {%- endfor -%}
    ({{ text }} || case when {{ matches(text, '^[A-Za-z0-9]{15}$') }} then {{ told.by }} else '' end)
{%- endmacro %}
