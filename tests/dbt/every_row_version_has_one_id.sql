-- Each raw row has one id in its base model, by which increments merge. Gives those that share one,
-- of the base models that are built.
{% set built = [] %}
{% for source_name, table_name in enabled_tables() %}
    {% set relation = ref('base_' ~ source_name ~ '__' ~ table_name) %}
    {% if execute and load_relation(relation) is not none %}
        {% do built.append([source_name ~ '.' ~ table_name, relation]) %}
    {% endif %}
{% endfor %}

{% for raw_table, relation in built %}
select
    '{{ raw_table }}' as raw_table,
    row_version_id,
    count(*) as row_count
from {{ relation }}
group by row_version_id
having count(*) > 1
{{ 'union all' if not loop.last }}
{% else %}
    select 1 as row_count
    where 1 = 0
{% endfor %}
