{#
    An email without what its provider ignores, any other value as it is.

    value: a SQL expression. Wants the provider's row of the seed mail_domains in scope
    (compared_domain, ignores_dots, ignores_tags), nulls where there is none.
#}
{% macro compared_email(value) -%}
    {%- set mailbox = "split_part(" ~ value ~ ", '@', 1)" -%}
    {%- set untagged -%}
    case when ignores_tags then split_part({{ mailbox }}, '+', 1) else {{ mailbox }} end
    {%- endset -%}
    case
        when compared_domain is null then {{ value }}
        when ignores_dots then replace({{ untagged }}, '.', '') || '@' || compared_domain
        else {{ untagged }} || '@' || compared_domain
    end
{%- endmacro %}
