{#
    A telephone number in E.164 (+442079460958); null where it is none, or cannot be told for sure.

    text: a SQL expression, any spelling: with + or what a country dials for it (00, 011, 0011), as
      dialled within the country, with the calling code and no plus, with "(0)" behind it, a label
      (tel:) before or an extension (x12, ext. 12, #12) after it, digits of any script; `.0` behind
      nothing but digits is that of a number that was kept as a fraction.
    country: a SQL expression of the code of the country the number is dialled in, as
      dialling_country() gives it; default_country() where it is null.

    The plan of the country is put in front of the digits (44Ba|02079460001), and what is written
    there becomes, step by step, what is called from everywhere:

      international  44Ba|00331…        +331…         what is dialled before a calling code
      with_code      44Ba|44~20…        +44~20…       the country's own; + alone where in doubt
      trunk          44Ba|020…          +4420…        what is dialled within the country only
      plan           44Ba|20…           +44-20…       all other numbers of the country
      trunk_zero     +44~020…, +44020…  +4420…        as in +44 (0)20
      valid          +4420…, +44-20…                  as many digits as the calling code's numbers have

    Where the sizes of a country's numbers do not tell whether one begins with its calling code, its
    first digits do, or it is none.
#}
{% macro normalise_phone(text, country='null') -%}
    {%- set plans = {} -%}
    {%- for code, fact in countries().items() -%}{%- do plans.update({code: fact.plan}) -%}{%- endfor -%}
    {%- set plan -%}
        coalesce(
            {{ looked_up("coalesce(" ~ country ~ ", '" ~ default_country() ~ "')", plans) }},
            '{{ no_phone_plan() }}'
        )
    {%- endset -%}
    {%- set calling_code = first_match(plan, '^[0-9]+') -%}
    {%- set digits = "'|' || " ~ dialled_digits(text) -%}
    {%- set written = (
        plan ~ " || replace(" ~ digits ~ ", '|' || " ~ calling_code ~ ", '|' || " ~ calling_code ~ " || '~')"
    ) -%}
    {%- set patterns = phone_patterns() -%}
    {%- set steps = namespace(number=written) -%}
    {%- for step, replacement in (
        ('international', '+'), ('with_code', '+<1>'), ('trunk', '+<1>'), ('plan', '+<1>-'),
        ('trunk_zero', '+<1>'),
    ) -%}
        {%- set steps.number = replace_pattern(steps.number, patterns[step], replacement) -%}
    {%- endfor -%}
    replace({{ first_match("replace(" ~ steps.number ~ ", '~', '')", patterns.valid) }}, '-', '')
{%- endmacro %}


{#
    The digits of a telephone number, behind a plus where there is one and no zero after it; null
    where the text holds letters that are no label and no extension.
#}
{% macro dialled_digits(text) -%}
    {%- set folded = 'lower(' ~ fold_lookalikes(trim_whitespace(text), digits_of_scripts()) ~ ')' -%}
    {%- set extension -%}
        [ (]*(;ext=|;|,,|ext(n|ension)?|x|#|poste|durchwahl|dw|дoб(aвoчный)?|int|anexo|ramal|interno)[ .:]*[0-9]{1,7}[ )]*$
    {%- endset -%}
    {%- set bare = replace_pattern(
        folded, '^([+]?[0-9]+)[.]0+$|^(tel|phone|mobile|mob)[.:]+ *|' ~ extension, '<1>'
    ) -%}
    {#- no comma, no #: two numbers, or more than a number; Z-` are brackets, where all is lower case -#}
    {%- set number = first_match(
        bare, '^[-+()./:0-9Z-`~"\' \t\u00a0\u00ad\u00b7\u2000-\u206f\u3000（）]+$'
    ) -%}
    {{ replace_pattern(number, '^[^0-9]*[+][^0-9]*(0)|[^0-9+]', '<1>') }}
{%- endmacro %}


{# Digits of other scripts than ours, ten of each. #}
{% macro digits_of_scripts() %}
    {{ return('٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯੦੧੨੩੪੫੬੭੮੯૦૧૨૩૪૫૬૭૮૯୦୧୨୩୪୫୬୭୮୯௦௧௨௩௪௫௬௭௮௯౦౧౨౩౪౫౬౭౮౯೦೧೨೩೪೫೬೭೮೯൦൧൨൩൪൫൬൭൮൯๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙༠༡༢༣༤༥༦༧༨༩၀၁၂၃၄၅၆၇၈၉០១២៣៤៥៦៧៨៩') }}
{% endmacro %}
