{#
    tiered_components: which records belong to one customer, by the rules of docs/identity.md.

    The model is a query of what ties records, keeps them apart and says who they are, by
    `identifier_class`, one row per node and
      override, key, contact, device   identifier (type and value) that joins, one tier a class
      unlink                           pair of records that an analyst keeps apart
      profile                          what the record says of who it is
    with the columns that int_identity__clusters names. The result is a table of one row per node that
    is joined to another, node_id and component_id (the lowest node of its cluster), and beside it a
    table with the suffix __refusals of one row per join that did not come about.

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

    {% if scratch_table_is_left('values') %}
        {% do drop_leftover_scratch_tables(tiered_components_scratch_names(max_rounds)) %}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set closed = close_tiers(sql, max_rounds) %}
    {% do replace_table(existing_refusals, refusals_relation, closed.refusals_sql) %}
    {% do replace_table(existing_relation, target_relation, closed.result_sql) %}
    {% do drop_scratch_tables(tiered_components_scratch_names(closed.rounds)) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}

    {% set should_revoke = should_revoke(existing_relation, full_refresh_mode=True) %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke) %}
    {% do persist_docs(target_relation, model) %}

    {% do commit_transaction() %}

    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation, refusals_relation]}) }}

{% endmaterialization %}


{# The table of what a tiered_components refused, beside its result. #}
{% macro refusals_of(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__refusals'})) }}
{% endmacro %}
