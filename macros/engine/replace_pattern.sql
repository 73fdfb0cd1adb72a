{#
    A text with every match of a POSIX regular expression replaced.

    text: a SQL expression; pattern, replacement: plain text without backslashes.
#}
{% macro replace_pattern(text, pattern, replacement='') %}
    {{- return(adapter.dispatch('replace_pattern')(text, pattern, replacement)) -}}
{% endmacro %}


{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}
