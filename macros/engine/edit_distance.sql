{# The fewest letters to add, drop or exchange that make one text of another (Levenshtein). #}
{% macro edit_distance(left, right) %}
    {{- return(adapter.dispatch('edit_distance')(left, right)) -}}
{% endmacro %}


{% macro default__edit_distance(left, right) -%}
    levenshtein({{ left }}, {{ right }})
{%- endmacro %}


{% macro snowflake__edit_distance(left, right) -%}
    editdistance({{ left }}, {{ right }})
{%- endmacro %}
