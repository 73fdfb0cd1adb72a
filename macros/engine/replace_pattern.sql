{#
    A text with every match of a POSIX regular expression replaced.

    text: a SQL expression; pattern, replacement: plain text without backslashes; <1> in a replacement
      is what the first group of the pattern matched, nothing where it had no part in the match.
#}
{% macro replace_pattern(text, pattern, replacement='') %}
    {{- return(adapter.dispatch('replace_pattern')(text, pattern, replacement)) -}}
{% endmacro %}


{% macro default__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ regex_literal(pattern) }}, '{{ replacement }}')
{%- endmacro %}


{# Without the g only the first match is replaced. #}
{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace(
        {{ text }}, {{ regex_literal(pattern) }}, '{{ replacement | replace("<1>", "\\1") }}', 'g'
    )
{%- endmacro %}


{% macro snowflake__replace_pattern(text, pattern, replacement) -%}
    {{ default__replace_pattern(text, pattern, replacement | replace('<1>', '\\\\1')) }}
{%- endmacro %}


{% macro databricks__replace_pattern(text, pattern, replacement) -%}
    {{ default__replace_pattern(text, pattern, replacement | replace('<1>', '$1')) }}
{%- endmacro %}
