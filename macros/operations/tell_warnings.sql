{#
    Shows what data tests warn of: of each that does and has a `message` as its first column, the
    message of every row. (dbt shows the number of rows alone.) It goes on-run-end.

    results: what dbt gives an on-run-end hook.
#}
{% macro tell_warnings(results) %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% for result in results
        if result.status == 'warn' and ' as message,' in result.node.compiled_code %}
        {% for message in run_query(result.node.compiled_code).columns[0].values() %}
            {% do exceptions.warn(message) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}
