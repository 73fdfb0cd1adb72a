{#
    Which version of a row counts: the ORDER BY under which the one to keep comes first.

    contract: the meta of a base model (see judge_raw_rows). Wants the typed columns, loaded_at and
    fingerprint in scope.
#}
{% macro latest_version_first(contract) -%}
    {%- for column in contract.get('latest_by', []) -%}
        {{ time_of_change(column) }} desc nulls last,
    {% endfor -%}
    loaded_at desc nulls last,
    {%- for column in contract.get('then_by', []) %} {{ column }} desc nulls last,{% endfor %} fingerprint
{%- endmacro %}


{# When a version of a row was made: by its own time of change, if that is none of the future. #}
{% macro time_of_change(column) -%}
    case
        when {{ column }} <= {{ dbt.dateadd('day', 1, 'loaded_at') }} then {{ column }}
        else loaded_at
    end
{%- endmacro %}


{# A hash of the row's texts: decides between versions that nothing else tells apart. #}
{% macro row_fingerprint(columns) %}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append('coalesce(' ~ column.name ~ "__text, '')") -%}
    {%- endfor -%}
    {{ dbt.hash("concat_ws('|', " ~ texts | join(', ') ~ ')') }}
{%- endmacro %}
