{#
    Whether a source system is switched on, for a model's `config(enabled=...)`.

    source_name: a key of var('source_systems').
    Returns a boolean.
#}
{% macro source_is_enabled(source_name) %}
    {% do check_vars() %}
    {{ return(source_name in var('sources')) }}
{% endmacro %}
