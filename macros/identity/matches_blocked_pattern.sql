{#
    Whether an identifier matches a pattern of the seed identifier_blocklist (a condition). The
    patterns of a type become one regular expression, written into the query: an engine compiles a
    constant once, and a pattern out of a column for every row.

    type, value: SQL expressions.
#}
{% macro matches_blocked_pattern(type, value) %}
    {%- set blocklist = ref('identifier_blocklist') -%}
    {%- set patterns = {} -%}
    {%- if execute and load_relation(blocklist) is not none -%}
        {%- for row in run_query(
            "select identifier_type, blocked_value from " ~ blocklist
            ~ " where match_kind = 'pattern' order by 1, 2"
        ) -%}
            {%- do patterns.setdefault(row[0], []).append(row[1] | replace("'", "''")) -%}
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
