{#
    The accepted rows of a judged base model.

    base_model: its name.
#}
{% macro accepted_rows(base_model) -%}
    select *
    from {{ ref(base_model) }}
    where judgement = 'accepted'
{%- endmacro %}
