{#
    The immutable name of one record in one source: `<source>:<source record id>`.

    source_name: text. id: a SQL expression; the key is null where it is.
    kind: a word between the two where a source names its records by more than one kind of id
      (`web:cookie:…`, `support:email:…`).
#}
{% macro record_key(source_name, id, kind=none) -%}
    '{{ source_name }}:{{ kind ~ ":" if kind else "" }}' || {{ id }}
{%- endmacro %}
