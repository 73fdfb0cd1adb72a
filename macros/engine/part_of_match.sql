{#
    The part of a text that a group of a POSIX regular expression matches; empty or null where the
    whole does not.

    text: a SQL expression; pattern: plain text without backslashes; number: of the group, from 1.
#}
{% macro part_of_match(text, pattern, number) %}
    {{- return(adapter.dispatch('part_of_match')(text, pattern, number)) -}}
{% endmacro %}


{% macro default__part_of_match(text, pattern, number) -%}
    regexp_extract({{ text }}, {{ regex_literal(pattern) }}, {{ number }})
{%- endmacro %}


{% macro snowflake__part_of_match(text, pattern, number) -%}
    regexp_substr({{ text }}, {{ regex_literal(pattern) }}, 1, 1, 'e', {{ number }})
{%- endmacro %}
