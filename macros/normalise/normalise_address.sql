{#
    A street address as it is compared: as normalise_name, with the common words abbreviated
    (street/st, avenue/ave, apartment/apt…); null where no letter or digit is left.
#}
{% macro normalise_address(text) -%}
    {%- set words = {
        'street': 'st', 'avenue': 'ave', 'road': 'rd', 'lane': 'ln', 'drive': 'dr', 'court': 'ct',
        'place': 'pl', 'square': 'sq', 'boulevard': 'blvd', 'terrace': 'ter', 'close': 'cl',
        'crescent': 'cres', 'gardens': 'gdns', 'apartment': 'apt', 'flat': 'apt', 'suite': 'ste',
        'building': 'bldg', 'floor': 'fl', 'north': 'n', 'south': 's', 'east': 'e', 'west': 'w',
        'strasse': 'str', 'saint': 'st',
    } -%}
    {%- set address = namespace(sql="' ' || " ~ normalise_name(text) ~ " || ' '") -%}
    {%- for word, short in words.items() -%}
        {%- set address.sql = "replace(" ~ address.sql ~ ", ' " ~ word ~ " ', ' " ~ short ~ " ')" -%}
    {%- endfor -%}
    trim({{ address.sql }})
{%- endmacro %}
