{#
    A table of identity that is made after this model, as the last run left it; none where there is
    none, and in a run that begins anew. (By name: a ref() would go round in a circle.)
#}
{% macro former(model_name) %}
    {% if not execute or var('start_anew') %}{{ return(none) }}{% endif %}
    {{ return(load_relation(this.incorporate(path={'identifier': model_name}))) }}
{% endmacro %}
