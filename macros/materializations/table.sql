{#
    DuckDB's table, put in place within one transaction: whoever reads sees the old one until all
    rows of the new one are there, and a run that is killed leaves the old one.

    dbt's own builds the new table beside the old one and renames both. Hooks, documentation, indexes
    and an enforced contract work as they do there; DuckDB has no grants. Tables must not be the target
    of foreign keys, since DuckDB would not drop them, and must not read themselves.
#}
{% materialization table, adapter='duckdb' %}

    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- do replace_table(existing_relation, target_relation, compiled_code) -%}
    {%- do create_indexes(target_relation) -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do commit_transaction() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
