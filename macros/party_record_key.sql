{#
    The record a fact belongs to, by the strongest reference it quotes: the customer id, else the
    email, else the phone (`support:C0001234`, `support:email:jo@example.com`). Null where it quotes
    none.

    source_name: text. customer_id, email, phone: SQL expressions, email and phone normalised; none
    where the source has no such column.
#}
{% macro party_record_key(source_name, customer_id=none, email=none, phone=none) -%}
    coalesce(
        {%- if customer_id %}{{ record_key(source_name, customer_id) }}, {% endif -%}
        {%- if email %}{{ record_key(source_name, email, 'email') }}, {% endif -%}
        {%- if phone %}{{ record_key(source_name, phone, 'phone') }}, {% endif -%}
        null
    )
{%- endmacro %}
