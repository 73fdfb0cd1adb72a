{#
    Whether an identifier matches a pattern of the seed identifier_blocklist (a condition). The
    patterns of a type become one regular expression, written into the query: an engine compiles a
    constant once, and a pattern out of a column for every row.

    type, value: SQL expressions.
#}
{% macro matches_blocked_pattern(type, value) %}
    {%- do ref('identifier_blocklist') -%}
    {%- set patterns = {} -%}
    {%- set built = relation_of_seed('identifier_blocklist') if execute -%}
    {%- if execute and not built and flags.WHICH in ('run', 'build') -%}
        {% do exceptions.raise_compiler_error(
            'The seed identifier_blocklist is not built: without it, shared mailboxes would join '
            ~ 'strangers. Run `dbt seed` or `dbt build`.'
        ) %}
    {%- endif -%}
    {%- if built -%}
        {%- for row in run_query(
            "select identifier_type, blocked_value from " ~ built
            ~ " where match_kind = 'pattern' order by 1, 2"
        ) -%}
            {%- do patterns.setdefault(row[0], []).append(row[1]) -%}
        {%- endfor -%}
    {%- endif -%}
    (
        1 = 0
        {%- for identifier_type, expressions in patterns.items() %}
        or {{ type ~ " = '" ~ identifier_type ~ "' and " if identifier_type != '*' }}
            {{- matches('lower(' ~ value ~ ')', '(' ~ expressions | join('|') ~ ')') }}
        {%- endfor %}
    )
{%- endmacro %}


{# A seed as it stands in the warehouse, also within a unit test; none where it has not been built. #}
{% macro relation_of_seed(name) %}
    {{ return(adapter.get_relation(
        target.database, generate_schema_name('reference', none), name
    )) }}
{% endmacro %}
