{#
    An id of Salesforce's with the three characters at its end that say which of its letters are
    capital: reports leave them out, its interfaces do not. All else stays as it is.

    text: a SQL expression. Each of the three tells of five characters, the first of them the least.
    (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm)
#}
{% macro salesforce_id(text) -%}
    case
        when {{ matches(text, '^[A-Za-z0-9]{15}$') }} then {{ text }}
        {%- for start in (1, 6, 11) %}
            || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1
                {%- for place in range(5) %}
                + case when substr({{ text }}, {{ start + place }}, 1) between 'A' and 'Z' then {{ 2 ** place }} else 0 end
                {%- endfor %}, 1)
        {%- endfor %}
        else {{ text }}
    end
{%- endmacro %}
