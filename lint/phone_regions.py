"""Writes macros/normalise/countries.sql: what is known of every country and its telephones.

    python -m lint.phone_regions

Numbers come from phonenumbers, names from babel (Unicode's CLDR); both are needed here only. Run it
after an upgrade of either: a test compares the file with what it would be.

A national number becomes one that can be called from everywhere by rewriting `44Aa|02079460001`,
the plan of its country in front of the digits (normalise_phone() says how). A plan is the calling
code, a capital letter for the trunk prefix and one for the international prefix.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import product
from pathlib import Path
from string import ascii_letters, ascii_uppercase
from typing import Any

import phonenumbers
from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from babel.localedata import exists
from phonenumbers.phonemetadata import PhoneMetadata

MACRO = Path(__file__).resolve().parents[1] / "macros" / "normalise" / "countries.sql"

ALSO_CALLED = {
    "AE": "uae",
    "CD": "democratic republic of the congo|dr congo",
    "CG": "republic of the congo|congo",
    "CI": "ivory coast",
    "CV": "cape verde",
    "CZ": "czech republic",
    "GB": "great britain|england|scotland|wales|northern ireland|channel islands",
    "GR": "el|hellas",
    "HK": "hong kong",
    "IE": "eire",
    "KR": "korea|republic of korea",
    "MK": "macedonia",
    "MM": "burma|myanmar",
    "MO": "macau|macao",
    "NL": "the netherlands|holland",
    "PS": "palestine",
    "RU": "russian federation",
    "SZ": "swaziland",
    "TR": "turkey|turkiye",
    "US": "united states of america|u.s.|u.s.a.|america",
    "VN": "viet nam",
    "ZA": "rsa",
}
"""What people write, and CLDR does not have."""

E164_DIGITS = 15
LEAST_DIGITS = 7
"""Of the shortest numbers that a calling code leads to (Niue, Saint Helena)."""
DIGITS_THAT_TELL = 2
"""How many digits of a number are looked at where its size does not tell what it is."""
NO_PLAN = "999Aa"
"""Of countries that nobody knows: a calling code that nobody has, no trunk prefix, and 00."""
PLAN = "[A-Z][A-Za-z][|]"
"""What follows the calling code."""


def main() -> None:
    """Writes the macro."""
    MACRO.write_text(text(), encoding="utf-8")
    print(f"{MACRO.name}: {len(phonenumbers.SUPPORTED_REGIONS)} countries.")


def text() -> str:
    """The macro."""
    return TEMPLATE.format(
        countries="\n".join(
            f"        '{region}': {{'plan': '{plan(region)}', 'names': {names()[region]}}},"
            for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        ),
        patterns="\n".join(f"        '{key}': '{value}'," for key, value in patterns().items()),
        no_plan=NO_PLAN,
    )


def metadata(region: str) -> Any:
    """What phonenumbers knows of a region."""
    return PhoneMetadata.metadata_for_region(region)


# --- names ---------------------------------------------------------------------------------------


@cache
def names() -> dict[str, list[str]]:
    """Region -> what it is called, lower case: by ISO, in English, in its own languages.

    Each belongs to one region; its two-letter code goes without saying.
    """
    called: dict[str, set[str]] = {region: set() for region in phonenumbers.SUPPORTED_REGIONS}
    for region, found in called.items():
        for language in ("en", *get_official_languages(region, de_facto=True)):
            if exists(language):
                found.add(Locale.parse(language).territories.get(region, "").lower())
        found.update(ALSO_CALLED.get(region, "").split("|"))
    for alias, regions in get_global("territory_aliases").items():
        if len(regions) == 1 and regions[0] in called and re.fullmatch("UK|[A-Z]{3}", alias):
            called[regions[0]].add(alias.lower())
    for found in called.values():
        for was, plainer in ((" & ", " and "), ("\u2019", "'"), ("st. ", "saint "), ("-", " ")):
            found |= {name.replace(was, plainer) for name in found}
    everyone = [name for found in called.values() for name in found]
    return {
        region: sorted(name for name in found if name and everyone.count(name) == 1)
        for region, found in called.items()
    }


# --- plans ---------------------------------------------------------------------------------------


def trunk(region: str) -> str:
    """A pattern of what is dialled before a national number within a region; empty: nothing.

    It is that of phonenumbers, which knows what some dial to choose a carrier, but where it looks
    at all of a number, or for nothing in front of it too. In North America it is the calling code.
    """
    known = metadata(region)
    prefix = known.national_prefix_for_parsing or ""
    if known.country_code == 1:
        return ""
    if "$" in prefix or re.fullmatch(prefix, ""):
        prefix = known.national_prefix or ""
    return plain(prefix)


def international(region: str) -> str:
    """A pattern of what is dialled in a region before a calling code.

    And 00, which many write for a plus wherever they are, unless numbers of the region begin so.
    """
    known = metadata(region)
    prefix = plain(known.international_prefix)
    is_taken = not known.national_prefix and begins(str(known.country_code), "00")
    return prefix if is_taken or re.fullmatch(prefix, "00") else f"{prefix}|00"


def plain(pattern: str) -> str:
    """A pattern without what not every engine understands."""
    return pattern.replace(r"\d", "[0-9]").replace("(?:", "(")


@cache
def lettered(of: Callable[[str], str], letters: str) -> dict[str, str]:
    """Pattern -> a letter for it, for all that regions have; the commonest has the first."""
    found = [of(region) for region in sorted(phonenumbers.SUPPORTED_REGIONS)]
    patterns = sorted(set(found), key=lambda one: (-found.count(one), one))
    return dict(zip(patterns, letters[: len(patterns)], strict=True))


def plan(region: str) -> str:
    """`44Aa`: calling code, letter of the trunk prefix, letter of the international prefix."""
    return (
        f"{metadata(region).country_code}"
        f"{lettered(trunk, ascii_uppercase)[trunk(region)]}"
        f"{lettered(international, ascii_letters)[international(region)]}"
    )


# --- numbers -------------------------------------------------------------------------------------


@cache
def codes() -> dict[str, Any]:
    """Calling code -> what phonenumbers judges its numbers by: a region, or none, as for 800."""
    regions = {
        str(code): metadata(known[0])
        for code, known in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        if known[0] != "001"
    }
    return regions | {
        str(code): PhoneMetadata.metadata_for_nongeo_region(code)
        for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS
    }


def sizes(code: str) -> list[int]:
    """How many digits a national number of a calling code can have."""
    least, most = LEAST_DIGITS - len(code), E164_DIGITS - len(code)
    return [n for n in codes()[code].general_desc.possible_length if least <= n <= most]


def has_trunk_zero(code: str) -> bool:
    """Whether a zero behind the calling code is one that is dialled within the country only.

    In Colombia the digit behind it may choose a carrier.
    """
    known = codes()[code]
    chooses = any(
        re.fullmatch(known.national_prefix_for_parsing or "", f"0{digit}") for digit in "0123456789"
    )
    return known.national_prefix == "0" and not chooses


@cache
def first_digit(code: str) -> str:
    """A pattern of the first digit of national numbers.

    Few countries have numbers that begin with a zero or like what is dialled in front of them.
    """
    prefix = codes()[code].national_prefix or "0"
    likely = [
        digit
        for digit in "0123456789"
        if digit not in ("0", prefix) or (not has_trunk_zero(code) and begins(code, digit))
    ]
    return one_of("".join(likely))


def begins(code: str, start: str) -> bool:
    """Whether a number that is given out begins so."""
    return any(
        is_given_out(code, number)
        for ends in product("0123456789", repeat=2)
        for size in sizes(code)
        for number in completed(start + "".join(ends), size)
    )


@cache
def pattern_of(code: str) -> re.Pattern[str]:
    """The pattern of the numbers that are given out."""
    return re.compile(codes()[code].general_desc.national_number_pattern)


def is_given_out(code: str, number: str) -> bool:
    """Whether a national number is one of those that are given out."""
    return bool(pattern_of(code).fullmatch(number))


def least_mobile(code: str) -> int:
    """How many digits a mobile number has at least."""
    return min(mobile_sizes(code) or sizes(code))


def mobile_sizes(code: str) -> tuple[int, ...]:
    """How many digits a mobile number can have; nothing where mobile numbers are not apart."""
    mobile = codes()[code].mobile
    return mobile.possible_length if mobile else ()


def completed(start: str, size: int) -> list[str]:
    """Numbers of a size that begin so, enough to see whether some, or all, such are given out."""
    tails = [*"0123456789", "13579", "86420", "90123", "27182"]
    return [(start + tail * size)[:size] for tail in tails]


def patterns() -> dict[str, str]:
    """The patterns of normalise_phone(), by what they find."""
    dialled = lettered(international, ascii_letters)
    trunks = {one: letter for one, letter in lettered(trunk, ascii_uppercase).items() if one}
    zeros = either(code for code in sorted(codes()) if has_trunk_zero(code))
    sure, unsure = (of_codes(certain, "~"), of_codes(doubtful, "~"))
    return {
        "international": f"^[^|]*[|][+]|^[0-9]+[A-Z]({letters_of(dialled, '')})",
        "with_code": f"^[0-9]+{PLAN}({sure})$|^[0-9]+{PLAN}({unsure})$",
        "trunk": f"^([0-9]+)({letters_of(trunks, '[A-Za-z]')})",
        "plan": f"^([0-9]+){PLAN}",
        "trunk_zero": f"^[+]({zeros})~?0",
        "valid": f"^[+]({of_codes(national_number, '')})$",
    }


def letters_of(letters: dict[str, str], then: str) -> str:
    """A pattern of prefixes, each behind its letter in a plan."""
    return either(f"{letter}{then}[|]({one})" for one, letter in letters.items())


def of_codes(number: Callable[[str], str], mark: str) -> str:
    """A pattern of numbers with their calling codes; codes with like numbers stand together."""
    together: dict[str, list[str]] = {}
    for code in sorted(codes()):
        together.setdefault(number(code), []).append(code)
    return either(f"({either(some)}){mark}({one})" for one, some in together.items() if one)


@cache
def national_number(code: str) -> str:
    """A pattern of what may follow a calling code.

    A hyphen marks a national number that was written without its trunk prefix, where there is one:
    it has as many digits as a mobile number at least, lest a local number be taken for one. Shorter
    ones begin as those that are given out, and so do all whose trunk prefix may be their beginning.
    """
    prefix = codes()[code].national_prefix
    least = least_mobile(code) if prefix else 0
    found: dict[str, set[int]] = {}
    for size in sizes(code):
        if size < least or prefix not in (None, "0", "1"):
            head, used = starts(begun(code, size)), DIGITS_THAT_TELL
        else:
            head, used = first_digit(code), 1
        sign = "-?" if size >= least else ""
        found.setdefault(sign + head, set()).add(size - used)
    return either(head + digits(counts) for head, counts in found.items())


def begun(code: str, size: int) -> set[str]:
    """How numbers of a size begin that are given out."""
    return {
        number[:DIGITS_THAT_TELL]
        for start in map("".join, product("0123456789", repeat=3))
        for number in completed(start, size)
        if is_given_out(code, number)
    }


def certain(code: str) -> str:
    """A pattern of what, behind its own calling code without a plus, can be nothing else."""
    return written_with(code)[0]


def doubtful(code: str) -> str:
    """A pattern of what may as well be a national number that begins like the calling code."""
    return written_with(code)[1]


@cache
def written_with(code: str) -> tuple[str, str]:
    """certain() and doubtful()."""
    known, least = codes()[code], least_mobile(code)
    described = known.general_desc
    can_be_national = {*described.possible_length, *described.possible_length_local_only}
    heads: tuple[dict[str, set[int]], ...] = ({}, {})
    for size in sizes(code) if known.id != "001" else ():
        is_telling = len(code) + size not in can_be_national
        if is_telling and size >= least:
            heads[0].setdefault(first_digit(code), set()).add(size - 1)
        else:
            sure, unsure = told_apart(code, size)
            if is_telling:
                unsure = set()
            elif size not in mobile_sizes(code):
                sure, unsure = set(), sure | unsure
            for some, found in zip((sure, unsure), heads, strict=True):
                if some:
                    found.setdefault(starts(some), set()).add(size - DIGITS_THAT_TELL)
        if has_trunk_zero(code):
            is_unsure = len(code) + 1 + size in can_be_national or size < least
            heads[is_unsure].setdefault("0", set()).add(size)
    return tuple(  # type: ignore[return-value]
        either(head + digits(counts) for head, counts in found.items()) for found in heads
    )


def told_apart(code: str, size: int) -> tuple[set[str], set[str]]:
    """The first digits behind a calling code that tell, and those that leave in doubt.

    None of the two are those behind which a number is given out in the country as it stands, and
    none with the calling code gone.
    """
    sure, unsure = set(), set()
    for start in map("".join, product("0123456789", repeat=DIGITS_THAT_TELL)):
        if not re.match(first_digit(code), start):
            continue
        rests = completed(start, size)
        is_bare = [is_given_out(code, rest) for rest in rests]
        is_national = any(is_given_out(code, code + rest) for rest in rests)
        if all(is_bare) and not is_national:
            sure.add(start)
        elif any(is_bare) or not is_national:
            unsure.add(start)
    return sure, unsure


# --- patterns ------------------------------------------------------------------------------------


def either(patterns: Iterable[str]) -> str:
    """One of several."""
    return "|".join(patterns)


def digits(counts: set[int]) -> str:
    """As many digits as one of the counts says."""
    runs: list[list[int]] = []
    for count in sorted(counts):
        if runs and runs[-1][-1] == count - 1:
            runs[-1].append(count)
        else:
            runs.append([count])
    found = [
        f"[0-9]{{{run[0]}}}" if len(run) == 1 else f"[0-9]{{{run[0]},{run[-1]}}}" for run in runs
    ]
    return found[0] if len(found) == 1 else f"({either(found)})"


def starts(words: set[str]) -> str:
    """One of several words of digits, all of one length."""
    if words == {""}:
        return ""
    first: dict[str, str] = {}
    for digit in sorted({word[0] for word in words}):
        ends = starts({word[1:] for word in words if word[0] == digit})
        first[ends] = first.get(ends, "") + digit
    found = [one_of(some) + ends for ends, some in first.items()]
    return found[0] if len(found) == 1 else f"({either(found)})"


def one_of(some: str) -> str:
    """One of several digits."""
    if len(some) == 1:
        return some
    return f"[{some[0]}-{some[-1]}]" if some in "0123456789" else f"[{some}]"


TEMPLATE = """\
{{#
    What is known of countries: ISO 3166 code -> the plan of its telephones (see normalise_phone),
    and the names, lower case, that people write. Not to be edited: `python -m lint.phone_regions`
    writes it.
#}}
{{% macro countries() %}}
    {{{{ return({{
{countries}
    }}) }}}}
{{% endmacro %}}


{{# The plan of countries that are not among them. #}}
{{% macro no_phone_plan() %}}{{{{ return('{no_plan}') }}}}{{% endmacro %}}


{{# The patterns of normalise_phone(), by what they find. #}}
{{% macro phone_patterns() %}}
    {{{{ return({{
{patterns}
    }}) }}}}
{{% endmacro %}}
"""


if __name__ == "__main__":
    main()
