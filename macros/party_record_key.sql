{#
    The record a fact belongs to, by the strongest reference it quotes: the customer id, else the
    email, else the phone (`support:C0001234`, `support:email:jo@example.com`). A placeholder counts as
    a customer id only where nothing else is quoted. Null where nothing is.

    source_name: text. customer_id, email, phone: SQL expressions, email and phone normalised; none
    where the source has no such column.
#}
{% macro party_record_key(source_name, customer_id=none, email=none, phone=none) -%}
    {%- set keys = [] -%}
    {%- if customer_id -%}{%- do keys.append(record_key(source_name, usable_id(customer_id))) -%}{%- endif -%}
    {%- if email -%}{%- do keys.append(record_key(source_name, email, 'email')) -%}{%- endif -%}
    {%- if phone -%}{%- do keys.append(record_key(source_name, phone, 'phone')) -%}{%- endif -%}
    {%- if customer_id -%}{%- do keys.append(record_key(source_name, customer_id)) -%}{%- endif -%}
    {{ 'coalesce(' ~ keys | join(', ') ~ ')' if keys | length > 1 else keys[0] }}
{%- endmacro %}
