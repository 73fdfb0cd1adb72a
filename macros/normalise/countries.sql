{#
    What is known of countries: ISO 3166 code -> calling code, trunk prefix of national numbers (0, 1
    or none) and the names, lower case, that people write.
#}
{% macro countries() %}
    {{ return({
        'GB': {'calling_code': '44', 'trunk': '0', 'names': ['uk', 'gbr', 'united kingdom', 'great britain', 'england', 'scotland', 'wales', 'northern ireland', 'channel islands']},
        'US': {'calling_code': '1', 'trunk': '1', 'names': ['usa', 'united states', 'united states of america', 'u.s.', 'u.s.a.', 'america']},
        'CA': {'calling_code': '1', 'trunk': '1', 'names': ['can', 'canada']},
        'IE': {'calling_code': '353', 'trunk': '0', 'names': ['irl', 'ireland', 'eire']},
        'FR': {'calling_code': '33', 'trunk': '0', 'names': ['fra', 'france']},
        'DE': {'calling_code': '49', 'trunk': '0', 'names': ['deu', 'germany', 'deutschland']},
        'AT': {'calling_code': '43', 'trunk': '0', 'names': ['aut', 'austria', 'österreich']},
        'CH': {'calling_code': '41', 'trunk': '0', 'names': ['che', 'switzerland', 'schweiz', 'suisse']},
        'NL': {'calling_code': '31', 'trunk': '0', 'names': ['nld', 'netherlands', 'the netherlands', 'holland', 'nederland']},
        'BE': {'calling_code': '32', 'trunk': '0', 'names': ['bel', 'belgium', 'belgië', 'belgique']},
        'LU': {'calling_code': '352', 'trunk': none, 'names': ['lux', 'luxembourg']},
        'ES': {'calling_code': '34', 'trunk': none, 'names': ['esp', 'spain', 'españa']},
        'PT': {'calling_code': '351', 'trunk': none, 'names': ['prt', 'portugal']},
        'IT': {'calling_code': '39', 'trunk': none, 'names': ['ita', 'italy', 'italia']},
        'GR': {'calling_code': '30', 'trunk': none, 'names': ['grc', 'greece']},
        'MT': {'calling_code': '356', 'trunk': none, 'names': ['mlt', 'malta']},
        'CY': {'calling_code': '357', 'trunk': none, 'names': ['cyp', 'cyprus']},
        'DK': {'calling_code': '45', 'trunk': none, 'names': ['dnk', 'denmark', 'danmark']},
        'SE': {'calling_code': '46', 'trunk': '0', 'names': ['swe', 'sweden', 'sverige']},
        'NO': {'calling_code': '47', 'trunk': none, 'names': ['nor', 'norway', 'norge']},
        'FI': {'calling_code': '358', 'trunk': '0', 'names': ['fin', 'finland', 'suomi']},
        'IS': {'calling_code': '354', 'trunk': none, 'names': ['isl', 'iceland']},
        'PL': {'calling_code': '48', 'trunk': none, 'names': ['pol', 'poland', 'polska']},
        'CZ': {'calling_code': '420', 'trunk': none, 'names': ['cze', 'czechia', 'czech republic']},
        'LT': {'calling_code': '370', 'trunk': '0', 'names': ['ltu', 'lithuania']},
        'IL': {'calling_code': '972', 'trunk': '0', 'names': ['isr', 'israel']},
        'LB': {'calling_code': '961', 'trunk': '0', 'names': ['lbn', 'lebanon']},
        'AE': {'calling_code': '971', 'trunk': '0', 'names': ['are', 'united arab emirates', 'uae']},
        'SA': {'calling_code': '966', 'trunk': '0', 'names': ['sau', 'saudi arabia']},
        'BH': {'calling_code': '973', 'trunk': none, 'names': ['bhr', 'bahrain']},
        'ZA': {'calling_code': '27', 'trunk': '0', 'names': ['zaf', 'south africa', 'rsa']},
        'IN': {'calling_code': '91', 'trunk': '0', 'names': ['ind', 'india']},
        'SG': {'calling_code': '65', 'trunk': none, 'names': ['sgp', 'singapore']},
        'HK': {'calling_code': '852', 'trunk': none, 'names': ['hkg', 'hong kong']},
        'JP': {'calling_code': '81', 'trunk': '0', 'names': ['jpn', 'japan']},
        'AU': {'calling_code': '61', 'trunk': '0', 'names': ['aus', 'australia']},
        'NZ': {'calling_code': '64', 'trunk': '0', 'names': ['nzl', 'new zealand']},
        'BR': {'calling_code': '55', 'trunk': '0', 'names': ['bra', 'brazil', 'brasil']},
        'MX': {'calling_code': '52', 'trunk': none, 'names': ['mex', 'mexico', 'méxico']},
    }) }}
{% endmacro %}


{# What people write for a country, lower case, its code among it -> the code. #}
{% macro country_codes() %}
    {% set codes = {} %}
    {% for code, fact in countries().items() %}
        {% for name in [code | lower] + fact.names %}{% do codes.update({name: code}) %}{% endfor %}
    {% endfor %}
    {{ return(codes) }}
{% endmacro %}
