{#
    A lower-case text with its accents folded away, for comparison only (the original is kept).
    One list for all engines, since only DuckDB has Unicode normalisation.
#}
{% macro fold_accents(text) -%}
    {% set accented = (
        'àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏő'
        ~ 'ŕŗřśŝşšţťũūŭůűųŵŷźżžſǎǐǒǔǖǘǚǜǟǡǧǩǫǭǰǵǹǻȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱ'
        ~ 'ȳḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵ'
        ~ 'ṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙẛạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừử'
        ~ 'ữựỳỵỷỹøđłıŧħð'
    ) %}
    {% set plain = (
        'aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooo'
        ~ 'rrrssssttuuuuuuwyzzzsaiouuuuuaagkoojgnaaaeeiioorruusthaeoooo'
        ~ 'yabbbcdddddeeeeefghhhhhiikkkllllmmmnnnnoooopprrrrsssssttttuu'
        ~ 'uuuvvwwwwwxxyzzzhtwysaaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuu'
        ~ 'uuyyyyodlithd'
    ) %}
    {% set folded = namespace(sql="translate(lower(replace(" ~ text ~ ", 'İ', 'I')), '" ~ accented ~ "', '" ~ plain ~ "')") %}
    {% for letter, letters in {'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'þ': 'th'}.items() %}
        {% set folded.sql = "replace(" ~ folded.sql ~ ", '" ~ letter ~ "', '" ~ letters ~ "')" %}
    {% endfor %}
    {#- most texts are ASCII already, and a long list is slow -#}
    case
        when {{ is_ascii(text) }} then lower({{ text }})
        else {{ folded.sql }}
    end
{%- endmacro %}
