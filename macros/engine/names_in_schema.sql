{# The names, lower case, of the tables and views of a schema that is there. #}
{% macro names_in_schema(schema) %}
    {{ return(adapter.dispatch('names_in_schema')(schema)) }}
{% endmacro %}


{% macro default__names_in_schema(schema) %}
    {{ return(run_query(
        'select lower(table_name) from information_schema.tables'
        ~ ' where lower(table_catalog) = lower(' ~ text_literal(schema.database)
        ~ ') and lower(table_schema) = lower(' ~ text_literal(schema.schema) ~ ')'
    ).columns[0].values()) }}
{% endmacro %}


{% macro databricks__names_in_schema(schema) %}
    {{ return(run_query('show tables in ' ~ schema).columns['tableName'].values()) }}
{% endmacro %}
