{#
    Whether a source system is switched on, for a model's `config(enabled=...)`.

    source_name: a key of var('source_systems').
    Returns a boolean. Raises a compiler error, at parse time, where a var names a source or table
    nobody knows.
#}
{% macro source_is_enabled(source_name) %}
    {% do check_source_vars() %}
    {{ return(source_name in var('sources')) }}
{% endmacro %}


{# Raises a compiler error that names the known ones where a var holds an unknown source or table. #}
{% macro check_source_vars() %}
    {% do check_var_names() %}
    {% set known_sources = var('source_systems').keys() | list %}
    {% set known_tables = [] %}
    {% for source_name, system in var('source_systems').items() %}
        {% for table_name in system.tables %}
            {% do known_tables.append(source_name ~ '.' ~ table_name) %}
        {% endfor %}
    {% endfor %}
    {% do check_names('sources', var('sources'), known_sources) %}
    {% do check_names('raw_schemas', var('raw_schemas'), known_sources) %}
    {% do check_names('absent_tables', var('absent_tables'), known_tables) %}
    {% do check_names('raw_tables', var('raw_tables'), known_tables) %}
    {% do check_names('default_country', [var('default_country')], countries().keys()) %}
{% endmacro %}


{# Raises a compiler error where one of `names` is not among `known`. #}
{% macro check_names(var_name, names, known) %}
    {% for name in names if name not in known %}
        {% do exceptions.raise_compiler_error(
            "var '" ~ var_name ~ "': unknown '" ~ name ~ "'. Known: " ~ known | sort | join(', ') ~ '.'
        ) %}
    {% endfor %}
{% endmacro %}
