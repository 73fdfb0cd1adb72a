{#
    A text with every match of a POSIX regular expression replaced.

    text: a SQL expression; pattern, replacement: plain text without backslashes; <1> and <2> in a
      replacement are what these groups of the pattern matched, nothing where one had no part in it.
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
        {{ text }}, {{ regex_literal(pattern) }},
        '{{ replacement | replace("<1>", "\\1") | replace("<2>", "\\2") }}', 'g'
    )
{%- endmacro %}


{% macro snowflake__replace_pattern(text, pattern, replacement) -%}
    {{ default__replace_pattern(text, pattern, replacement | replace('<1>', '\\\\1') | replace('<2>', '\\\\2')) }}
{%- endmacro %}


{% macro databricks__replace_pattern(text, pattern, replacement) -%}
    {{ default__replace_pattern(text, pattern, replacement | replace('<1>', '$1') | replace('<2>', '$2')) }}
{%- endmacro %}
