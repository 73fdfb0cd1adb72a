{#
    The record a fact belongs to, by the strongest reference it quotes: the customer id, else the
    email, else the phone (`support:C0001234`, `support:email:jo@example.com`). Null where it quotes
    none.

    source_name: text. customer_id, email, phone: SQL expressions, email and phone normalised; none
    where the source has no such column. name: of whoever gave that email or phone, where the source
    asks for it; it is part of the key (`retail:email:lee@example.com:ann lee`), so that those who
    share an address are two records until identity joins them.
#}
{% macro party_record_key(source_name, customer_id=none, email=none, phone=none, name=none) -%}
    {%- set called = " || coalesce(':' || lower(" ~ name ~ "), '')" if name else '' -%}
    coalesce(
        {%- if customer_id %}{{ record_key(source_name, customer_id) }}, {% endif -%}
        {%- if email %}{{ record_key(source_name, email, 'email') ~ called }}, {% endif -%}
        {%- if phone %}{{ record_key(source_name, phone, 'phone') ~ called }}, {% endif -%}
        null
    )
{%- endmacro %}
