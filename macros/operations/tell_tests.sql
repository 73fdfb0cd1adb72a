{#
    Shows what data tests that fail or warn have found, of which dbt says the number of rows alone: of
    a test with a column `message` those, each once, else the values of its first rows. It goes
    on-run-end.

    results: what dbt gives an on-run-end hook. Nothing is shown of a column that is personal, by its
    name, in any model.
#}
{% macro tell_tests(results) %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set personal = [] %}
    {% set told = [] %}
    {% for result in results
        if result.status in ('fail', 'warn') and result.node.resource_type == 'test' %}
        {% if not personal %}{% do personal.extend(personal_columns()) %}{% endif %}
        {% set found = run_query('select * from (\n' ~ result.node.compiled_code ~ '\n) as found limit 20') %}
        {% if 'message' in found.column_names | map('lower') %}
            {% for row in found.rows if row[0] not in told %}
                {% do told.append(row[0]) %}
                {% do exceptions.warn(row[0]) %}
            {% endfor %}
        {% elif result.node.column_name not in personal %}
            {% set rows = [] %}
            {% for row in found.rows[:5] %}
                {% set values = [] %}
                {% for name in found.column_names if name | lower not in personal and row[name] is not none %}
                    {% do values.append(
                        name | lower ~ ' ' ~ (row[name] if name | lower == 'remedy' else shown_value(row[name]))
                    ) %}
                {% endfor %}
                {% if values %}{% do rows.append(values | join(', ')) %}{% endif %}
            {% endfor %}
            {% if rows %}
                {% do log(
                    result.node.name ~ ' found ' ~ rows | join('; ') ~ (' …' if found.rows | length > 5 else ''),
                    info=true
                ) %}
            {% endif %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{# The names of columns that are personal in any model. #}
{% macro personal_columns() %}
    {% set names = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% for name, column in node.columns.items() if column.meta.pii and name not in names %}
            {% do names.append(name) %}
        {% endfor %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}


{# A value as a log may show it: an address, a telephone or a name is nobody's to read there. #}
{% macro shown_value(value) %}
    {{ return(value if modules.re.fullmatch('[\\w#.:|-]{1,60}', value | string) else '…') }}
{% endmacro %}
