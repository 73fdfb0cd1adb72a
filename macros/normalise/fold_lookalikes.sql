{#
    A text with full-width, Cyrillic and Greek characters that look like ASCII ones written in ASCII.
    One list for all engines, since only DuckDB has Unicode normalisation.
#}
{% macro fold_lookalikes(text) -%}
    {% set lookalikes = (
        '％＋－．０１２３４５６７８９＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ＿ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒ'
        ~ 'ｓｔｕｖｗｘｙｚаеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅοανιρΑΒΕΖΗΙΚΜΝΟΡΤΥΧıİ‐‑–'
        ~ '—−'
    ) %}
    {% set ascii = (
        '%+-.0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqr'
        ~ 'stuvwxyzaeopcyxijshdqwABEKMHOPCTYXIJSoavipABEZHIKMNOPTYXiI---'
        ~ '--'
    ) %}
    {#- most texts are ASCII already, and a long list is slow -#}
    case
        when {{ is_ascii(text) }} then {{ text }}
        else translate({{ text }}, '{{ lookalikes }}', '{{ ascii }}')
    end
{%- endmacro %}


{# Whether a text has only printable ASCII characters (a condition). #}
{% macro is_ascii(text) -%}
    {{ matches(text, '^[ -~]*$') }}
{%- endmacro %}
