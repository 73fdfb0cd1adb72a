{#
    Whether a value is one of some texts (a condition). DuckDB would make a table and a join of every
    long list, which takes it longer to plan than to read the rows, so it gets a regular expression.

    value: a SQL expression; texts: plain texts.
#}
{% macro is_one_of(value, texts) %}
    {{- return(adapter.dispatch('is_one_of')(value, texts)) -}}
{% endmacro %}


{% macro default__is_one_of(value, texts) -%}
    {{ value }} in (
        {%- for text in texts %}'{{ dbt.escape_single_quotes(text) }}'{{ ', ' if not loop.last }}{% endfor -%}
    )
{%- endmacro %}


{% macro duckdb__is_one_of(value, texts) -%}
    {%- set patterns = [] -%}
    {%- for text in texts -%}{%- do patterns.append(modules.re.escape(text)) -%}{%- endfor -%}
    regexp_matches({{ value }}, {{ regex_literal('^(' ~ patterns | join('|') ~ ')$') }})
{%- endmacro %}
