{#
    tiered_components: which records belong to one customer, by the rules of docs/identity.md.

    The model is a query of what ties records, keeps them apart and says who they are, by
    `identifier_class`, one row per node and
      override, key, contact, device   identifier (type and value) that joins, one tier a class
      unlink                           pair of records that an analyst keeps apart
      profile                          what the record says of who it is
    with the columns that int_identity__clusters names. The result is a table of one row per node that
    shares a value with another: node_id, component_id (the lowest node of its cluster) and unit_id (the
    lowest node of all whom values connect, guards left aside); and beside it a table with the suffix
    __refusals of one row per join that did not come about.

    Nothing depends on what is outside of its unit. So a run may hand over some units whole: those of
    the model that meta `entities` names, with a column node_id (see is_made_in_part). The rows of the
    others stay.

    Tiers are closed one after the other, each on the clusters of the one before: the values' carriers
    that do not contradict each other are joined, what is joined through others is closed, and where
    a cluster would contradict itself its weakest joins are given up. Every question is asked of whole
    clusters, in sets: the number of statements does not grow with the data.

    Engines: one text for DuckDB, Snowflake and Databricks.
#}
{% materialization tiered_components, default %}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set refusals_relation = refusals_of(this).incorporate(type='table') -%}
    {%- set existing_refusals = load_cached_relation(refusals_relation) -%}
    {%- set max_rounds = config.get('max_rounds', 60) | int -%}

    {% if scratch_table_is_left('given') %}
        {% do drop_leftover_scratch_tables(tiered_components_scratch_names(max_rounds)) %}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if is_made_in_part() and scalar('select count(*) from ' ~ ref(config.get('meta').entities)) == 0 %}
        {# dbt wants a statement of this name #}
        {% call noop_statement('main', 'nothing to make anew') %}{% endcall %}
    {% else %}
        {% set closed = close_tiers(sql, max_rounds) %}
        {% set made = [
            (existing_refusals, refusals_relation, closed.refusals_sql),
            (existing_relation, target_relation, closed.result_sql),
        ] %}
        {% for existing, target, made_sql in made %}
            {% if is_made_in_part() %}
                {% set made_sql = 'select * from ' ~ create_scratch_table(
                    'made_' ~ loop.index, with_rows_left(made_sql, existing)
                ) %}
            {% endif %}
            {% do replace_table(existing, target, made_sql) %}
        {% endfor %}
        {% do drop_scratch_tables(tiered_components_scratch_names(closed.rounds)) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}

    {% set should_revoke = should_revoke(existing_relation, full_refresh_mode=True) %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke) %}
    {% do persist_docs(target_relation, model) %}

    {% do commit_transaction() %}

    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation, refusals_relation]}) }}

{% endmaterialization %}


{# Whether this run makes some units, and leaves the others as they are. #}
{% macro is_made_in_part() %}
    {% set relation = load_cached_relation(this) if execute else none %}
    {{ return(
        relation is not none and relation.is_table and not should_full_refresh()
        and load_cached_relation(refusals_of(this)) is not none
    ) }}
{% endmacro %}


{# What a run made, and what was there of nodes that it was not asked for. #}
{% macro with_rows_left(made_sql, existing) -%}
    {%- set columns = adapter.get_columns_in_relation(existing) | map(attribute='quoted') | join(', ') -%}
    select {{ columns }}
    from (
        {{ made_sql }}
    ) as made
    union all
    select {{ columns }}
    from {{ existing }}
    where node_id not in (select node_id from {{ ref(config.get('meta').entities) }})
{%- endmacro %}


{# The table of what a tiered_components refused, beside its result. #}
{% macro refusals_of(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__refusals'})) }}
{% endmacro %}
