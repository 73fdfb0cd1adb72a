{#
    A text with full-width, Cyrillic and Greek characters that look like ASCII ones written in ASCII.
    One list for all engines, since only DuckDB has Unicode normalisation.

    digits: more digits, ten from 0 to 9 of each script.
#}
{% macro fold_lookalikes(text, digits='') -%}
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
        else translate({{ text }}, '{{ lookalikes ~ digits }}', '{{ ascii ~ '0123456789' * (digits | length // 10) }}')
    end
{%- endmacro %}


{# Whether a text has only printable ASCII characters (a condition). #}
{% macro is_ascii(text) -%}
    {{ matches(text, '^[ -~]*$') }}
{%- endmacro %}
