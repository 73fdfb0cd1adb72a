{#
    An email without what its provider ignores, any other value as it is.

    value: a SQL expression. provider: the row of the seed mail_domains of its domain, if there is one.
#}
{% macro compared_email(value, provider) -%}
    {%- set mailbox = "split_part(" ~ value ~ ", '@', 1)" -%}
    {%- set untagged -%}
    case when {{ provider }}.ignores_tags then split_part({{ mailbox }}, '+', 1) else {{ mailbox }} end
    {%- endset -%}
    case
        when {{ provider }}.compared_domain is null then {{ value }}
        when {{ provider }}.ignores_dots
            then replace({{ untagged }}, '.', '') || '@' || {{ provider }}.compared_domain
        else {{ untagged }} || '@' || {{ provider }}.compared_domain
    end
{%- endmacro %}
