{#
    A text with full-width, Cyrillic and Greek characters that look like ASCII ones written in ASCII.
    One list for all engines, since only DuckDB has Unicode normalisation.
#}
{% macro fold_lookalikes(text) %}
    {% set lookalikes = (
        '％＋－．０１２３４５６７８９＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ＿ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒ'
        ~ 'ｓｔｕｖｗｘｙｚаеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅοανιρΑΒΕΖΗΙΚΜΝΟΡΤΥΧı‐‑–'
        ~ '—−'
    ) %}
    {% set ascii = (
        '%+-.0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqr'
        ~ 'stuvwxyzaeopcyxijshdqwABEKMHOPCTYXIJSoavipABEZHIKMNOPTYXi---'
        ~ '--'
    ) %}
    {{- return("translate(" ~ text ~ ", '" ~ lookalikes ~ "', '" ~ ascii ~ "')") -}}
{% endmacro %}
