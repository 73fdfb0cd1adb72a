{#
    A street address as it is compared: as normalise_name, with the common words abbreviated
    (street/st, avenue/ave, apartment/apt…); null where no letter or digit is left.
#}
{% macro normalise_address(text) -%}
    {%- set words = {
        'street': 'st', 'avenue': 'ave', 'road': 'rd', 'lane': 'ln', 'drive': 'dr', 'court': 'ct',
        'square': 'sq', 'boulevard': 'blvd', 'apartment': 'apt', 'flat': 'apt', 'strasse': 'str',
    } -%}
    {%- set address = namespace(sql="' ' || " ~ normalise_name(text) ~ " || ' '") -%}
    {%- for word, short in words.items() -%}
        {%- set address.sql = "replace(" ~ address.sql ~ ", ' " ~ word ~ " ', ' " ~ short ~ " ')" -%}
    {%- endfor -%}
    trim({{ address.sql }})
{%- endmacro %}
