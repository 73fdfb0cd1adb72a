{#
    A text with every match of a POSIX regular expression replaced.

    text: a SQL expression; pattern, replacement: plain text without backslashes.
#}
{% macro replace_pattern(text, pattern, replacement='') %}
    {{- return(adapter.dispatch('replace_pattern')(text, pattern, replacement)) -}}
{% endmacro %}


{% macro default__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ regex_literal(pattern) }}, '{{ replacement }}')
{%- endmacro %}


{# Without the g only the first match is replaced. #}
{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ regex_literal(pattern) }}, '{{ replacement }}', 'g')
{%- endmacro %}
