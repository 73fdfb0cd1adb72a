{#
    DuckDB's view, put in place by one statement: whoever reads sees the old one or the new one.

    dbt's own makes the new view beside the old one and renames both, which costs as much as all the
    rest. Hooks, documentation and an enforced contract work as they do there; DuckDB has no grants.
    A transaction, which is two statements more, is begun only where a table makes room; where hooks,
    or a model that looks at tables, have begun one, it is ended here.
#}
{% materialization view, adapter='duckdb' %}

    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set replaces_table = existing_relation is not none and not existing_relation.is_view -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}
    {%- call statement('main', auto_begin=replaces_table) -%}
        {%- if replaces_table %}
        drop {{ existing_relation.type }} {{ existing_relation }};
        {%- endif %}
        create or replace view {{ target_relation }} as (
            {{ sql }}
        )
    {%- endcall -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do commit_transaction() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
