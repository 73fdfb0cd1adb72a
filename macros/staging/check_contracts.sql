{#
    Raises a compiler error, before anything runs, where the contract of a raw table, the YAML of its
    base_ model, says what no macro reads: a mistyped key would be no rule at all. (While dbt parses,
    it shows macros no YAML yet.)
#}
{% macro check_contracts() %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% if node.package_name == project_name and node.name.startswith('base_') %}
            {% do check_contract(node) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{#
    Checks one contract; judge_raw_rows() says what each key means, and replace_entities() of `entity`.

    node: the base model in the graph.
#}
{% macro check_contract(node) %}
    {% set contract = node.config.meta %}
    {% set names = node.columns.keys() | list %}
    {# a folder's meta comes down to its models: what looks like none of these is somebody else's #}
    {% set known = ['row_key', 'latest_by', 'then_by', 'reject_when', 'entity'] %}
    {% for key in contract if key not in known and alike(key, most_alike(key, known)) >= 0.5 %}
        {% do check_known(node.name, [key], known) %}
    {% endfor %}
    {% if not contract.row_key %}
        {% do exceptions.raise_compiler_error(node.name ~ ' has no row_key in its config.meta.') %}
    {% endif %}
    {% for key in ('row_key', 'latest_by', 'then_by') %}
        {% do check_known(node.name ~ ': ' ~ key, contract.get(key, []), names) %}
    {% endfor %}
    {% for rule in contract.get('reject_when', []) %}
        {% do check_known(node.name ~ ': reject_when', rule, ['reason', 'when', 'because']) %}
    {% endfor %}
    {% for column in node.columns.values() %}
        {% set place = node.name ~ '.' ~ column.name %}
        {% do check_known(place ~ ': data_type', [(column.data_type or 'none').split('(')[0]], [
            'string', 'boolean', 'date', 'timestamp', 'bigint', 'numeric',
        ]) %}
        {% do check_known(place, column.meta, [
            'required', 'optional', 'accepted_values', 'min', 'max', 'format', 'phone_country',
            'if_invalid', 'pii',
        ]) %}
        {% do check_known(place ~ ': format', [column.meta.format or 'email'], ['email']) %}
        {% do check_known(place ~ ': if_invalid', [column.meta.if_invalid or 'reject'], ['reject']) %}
        {% do check_known(place ~ ': phone_country', [column.meta.phone_country or names[0]], names) %}
        {% if column.name in contract.row_key and not is_text(column) %}
            {% do exceptions.raise_compiler_error(
                place ~ ' is a key column of type ' ~ column.data_type ~ '. Give it data_type string, '
                ~ 'since raw and typed keys would not agree.'
            ) %}
        {% endif %}
        {% if column.name in (
            'row_version_id', 'row_key', 'judgement', 'reason_code', 'repaired_columns', 'raw_row',
            'loaded_at', 'tomorrow', 'fingerprint', 'version_group', 'version_number',
        ) %}
            {% do exceptions.raise_compiler_error(
                place ~ ': the judgement of a row has a column of that name. Rename the raw one in a view.'
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{# Raises a compiler error that names the likeliest known one where one of `names` is not known. #}
{% macro check_known(place, names, known) %}
    {% for name in names if name not in known %}
        {% do exceptions.raise_compiler_error(
            place ~ ": unknown '" ~ name ~ "'. Did you mean '" ~ most_alike(name, known) ~ "'? Known: "
            ~ known | join(', ') ~ '.'
        ) %}
    {% endfor %}
{% endmacro %}


{# Of some names the one that is most like another. #}
{% macro most_alike(name, names) %}
    {% set best = namespace(name=names[0]) %}
    {% for candidate in names if alike(name, candidate) > alike(name, best.name) %}
        {% set best.name = candidate %}
    {% endfor %}
    {{ return(best.name) }}
{% endmacro %}


{# How much of a name, of its pairs of neighbouring letters, is in another one: 0 to 1. #}
{% macro alike(name, other) %}
    {% set shared = [] %}
    {% for start in range(name | length - 1) if name[start:start + 2] in other %}
        {% do shared.append(start) %}
    {% endfor %}
    {{ return(shared | length / [name | length - 1, 1] | max) }}
{% endmacro %}
