{#
    Ends the transaction that a materialisation or a hook of ours has open. Only dbt-duckdb leaves one:
    the other two commit every statement.
#}
{% macro commit_transaction() %}
    {{ return(adapter.dispatch('commit_transaction')()) }}
{% endmacro %}


{% macro default__commit_transaction() %}{% endmacro %}


{% macro duckdb__commit_transaction() %}
    {% do adapter.commit() %}
{% endmacro %}
