{#
    dbt's check that a query has the columns of an enforced contract, on DuckDB, with one question to
    the engine in place of two: the types are compared by their names. Where these differ dbt's own
    check decides, which also asks what the contract's types are, and says what is wrong.
#}
{% macro duckdb__get_assert_columns_equivalent(sql) %}
    {%- set expected = {} -%}
    {%- for column in model.columns.values() -%}
        {%- set type = column.data_type | lower | replace('text', 'varchar') | replace('numeric', 'decimal') -%}
        {%- do expected.update({column.name: type}) -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for column in get_column_schema_from_query(sql, config.get('sql_header')) -%}
        {%- do found.update({column.name: column.dtype | lower}) -%}
    {%- endfor -%}
    {%- if found != expected -%}
        {{ return(assert_columns_equivalent(sql)) }}
    {%- endif -%}
{% endmacro %}
