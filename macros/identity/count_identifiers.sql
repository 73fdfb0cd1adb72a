{# Different values of some identifier types within a group. #}
{% macro count_identifiers(types) -%}
    count(distinct case when identifier_type in ('{{ types | join("', '") }}') then identifier_value end)
{%- endmacro %}
