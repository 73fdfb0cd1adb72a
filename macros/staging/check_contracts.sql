{#
    Raises a compiler error, before anything runs, where the contract of a raw table, the YAML of its
    base_ model, says what no macro reads: a mistyped key would be no rule at all. No macro could do so
    while dbt parses: a model is given the columns of its YAML after the last macro that is rendered
    for it then, and `graph` is empty until hooks run.
#}
{% macro check_contracts() %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% if node.package_name == project_name and node.name.startswith('base_') %}
            {% do check_contract(node) %}
            {% do check_raw_columns(node) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{#
    Raises a compiler error where var('raw_columns') names a column that the contract has not, or gives
    two of its columns one name.
#}
{% macro check_raw_columns(node) %}
    {% set id = node.name[5:] | replace('__', '.', 1) %}
    {% set names = node.columns.keys() | list %}
    {% for column in var('raw_columns').get(id, {}) if column not in names %}
        {% do exceptions.raise_compiler_error(
            "var raw_columns: " ~ id ~ " has no column '" ~ column ~ "'. Did you mean '"
            ~ most_alike(column, names) ~ "'? It has " ~ names | join(', ') ~ '.'
        ) %}
    {% endfor %}
    {% set taken = {} %}
    {% for column in names %}
        {% set name = raw_name(id, column) | lower %}
        {% if name in taken %}
            {% do exceptions.raise_compiler_error(
                'var raw_columns: ' ~ id ~ " has '" ~ name ~ "' for " ~ taken[name] ~ ' and ' ~ column ~ '.'
            ) %}
        {% endif %}
        {% do taken.update({name: column}) %}
    {% endfor %}
{% endmacro %}


{#
    What a contract says of its table, in `meta` of the base model; all else there is somebody else's.
    And `loaded`, which is no rule that rows are made by: whoever built a table, the next run sees what
    is gone from it.
#}
{% macro contract_keys() %}
    {{ return(['row_key', 'latest_by', 'then_by', 'reject_when', 'entity']) }}
{% endmacro %}


{#
    Checks one contract; judge_raw_rows() says what each key means, and replace_entities() of `entity`.

    node: the base model in the graph.
#}
{% macro check_contract(node) %}
    {% set contract = node.config.meta %}
    {% set names = node.columns.keys() | list %}
    {% set known = contract_keys() + ['loaded'] %}
    {% set of_layers = ['step', 'gate', 'micro_batch', 'published'] %}
    {% for key in contract
        if key not in known + of_layers and alike(key, most_alike(key, known)) >= 0.5 %}
        {% do refuse_unknown(node.name, key, known) %}
    {% endfor %}
    {% if not contract.row_key %}
        {% do exceptions.raise_compiler_error(node.name ~ ' has no row_key in its config.meta.') %}
    {% endif %}
    {# what stands where, and what may stand there #}
    {% set said = [] %}
    {% for key in ('row_key', 'latest_by', 'then_by') %}
        {% do said.append((': ' ~ key, contract.get(key, []), names)) %}
    {% endfor %}
    {% do said.append((': loaded', [contract.loaded], [none, 'whole'])) %}
    {% for rule in contract.get('reject_when', []) %}
        {% do said.append((': reject_when', rule, ['reason', 'when', 'because'])) %}
    {% endfor %}
    {% for column in node.columns.values() %}
        {% set place = '.' ~ column.name %}
        {% do said.append((place ~ ': data_type', [(column.data_type or 'none').split('(')[0]], [
            'string', 'boolean', 'date', 'timestamp', 'bigint', 'numeric',
        ])) %}
        {% do said.append((place, column.meta, [
            'required', 'if_absent', 'kind', 'accepted_values', 'min', 'max', 'sign',
            'format', 'phone_country', 'if_invalid', 'pii',
        ])) %}
        {% do said.append((place ~ ': format', [column.meta.format], [none, 'email'])) %}
        {% do said.append((place ~ ': kind', [column.meta.kind], [
            none, 'id', 'party_id', 'salesforce_id', 'given_name', 'family_name', 'name', 'birth_date',
            'country',
        ])) %}
        {% do said.append((place ~ ': sign', [column.meta.sign], [none, 'magnitude'])) %}
        {% do said.append((place ~ ': if_invalid', [column.meta.if_invalid], [none, 'reject'])) %}
        {% do said.append((place ~ ': phone_country', [column.meta.phone_country], [none] + names)) %}
        {% if column.name in contract.row_key and column.data_type != 'string' %}
            {% do exceptions.raise_compiler_error(
                node.name ~ place ~ ' is a key column of type ' ~ column.data_type ~ '. Give it '
                ~ 'data_type string, since raw and typed keys would not agree.'
            ) %}
        {% endif %}
        {% if column.name in (
            'row_version_id', 'row_key', 'judgement', 'reason_code', 'repaired_columns', 'raw_row',
            'loaded_at', 'tomorrow', 'fingerprint', 'version_group', 'version_number',
        ) %}
            {% do exceptions.raise_compiler_error(
                node.name ~ place ~ ': the judgement of a row has a column of that name. Rename the raw '
                ~ 'one in a view.'
            ) %}
        {% endif %}
    {% endfor %}
    {% for place, words, allowed in said %}
        {% for word in words if word not in allowed and word is defined %}
            {% do refuse_unknown(node.name ~ place, word, allowed | select | list) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}


{# Raises a compiler error that names what was probably meant. #}
{% macro refuse_unknown(place, word, known) %}
    {% do exceptions.raise_compiler_error(
        place ~ ": unknown '" ~ word ~ "'. Did you mean '" ~ most_alike(word, known) ~ "'? Known: "
        ~ known | join(', ') ~ '.'
    ) %}
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
