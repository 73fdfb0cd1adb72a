"""Telephone numbers of every region against phonenumbers, which knows how they are written."""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata

from lint import phone_regions
from tests.support import Warehouse, failures_of

COUNT = 20_000
TOLD = ("plus", "national")
"""Spellings that say all: with a plus, and as in the region that the row names."""
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
TYPES = sorted(PhoneNumberType.values())
DIALLED = {"AU": "0011", "JP": "010", "KE": "000", "NG": "009", "CU": "119"}
"""What is dialled before a calling code: 011 in North America, 810 where 8 is the trunk prefix,
else 00."""


class Written(NamedTuple):
    """A number as a row has it, and what it should be: null where nobody can tell."""

    spelling: str
    region: str
    text: str
    right: str | None
    is_valid: bool


def numbers(random: Random) -> Iterator[Written]:
    """Numbers of all regions and types, as they are given out and not quite, in many spellings."""
    while True:
        region = random.choice(REGIONS)
        number = number_of(random, region)
        if number is None:
            continue
        spelling = random.choice(("plus", "plus", "national", "national", *SPELLINGS))
        dialled_in = (
            random.choice(REGIONS) if spelling in ABROAD and random.random() < 0.3 else region
        )
        text = untidy(random, SPELLINGS[spelling](number, dialled_in))
        yield Written(spelling, dialled_in, text, *judged(text, dialled_in))


def number_of(random: Random, region: str) -> PhoneNumber | None:
    """A number of a region: an example, one like it, or any digits of a possible size."""
    number = phonenumbers.example_number_for_type(region, random.choice(TYPES))
    if number is None:
        return None
    digits = phonenumbers.national_significant_number(number)
    kind = random.random()
    if kind < 0.6:
        kept = random.randint(2, len(digits))
    elif kind < 0.8:
        sizes = PhoneMetadata.metadata_for_region(region).general_desc.possible_length
        kept, digits = 0, "0" * random.choice(sizes)
    else:
        kept = random.randint(2, len(digits))
        digits = (
            digits[: -random.randint(1, 2)] if kind < 0.9 else digits + "0" * random.randint(1, 2)
        )
    digits = digits[:kept] + "".join(random.choice("0123456789") for _ in digits[kept:])
    zeros = len(digits) - len(digits.lstrip("0"))
    return PhoneNumber(
        country_code=number.country_code,
        national_number=int(digits or 0),
        italian_leading_zero=zeros > 0,
        number_of_leading_zeros=zeros or None,
    )


def formatted(number: PhoneNumber, form: int) -> str:
    return phonenumbers.format_number(number, form)


def dialled_from(number: PhoneNumber, region: str) -> str:
    code = phonenumbers.country_code_for_region(region)
    prefix = (
        "011" if code == 1 else "810" if code in (7, 375, 992, 993) else DIALLED.get(region, "00")
    )
    return prefix + " " + formatted(number, PhoneNumberFormat.INTERNATIONAL)[1:]


def with_zero_in_brackets(number: PhoneNumber, region: str) -> str:
    code, _, rest = formatted(number, PhoneNumberFormat.INTERNATIONAL).partition(" ")
    return f"{code} (0){rest}"


SPELLINGS = {
    "plus": lambda number, region: formatted(number, PhoneNumberFormat.INTERNATIONAL),
    "national": lambda number, region: formatted(number, PhoneNumberFormat.NATIONAL),
    "E.164": lambda number, region: formatted(number, PhoneNumberFormat.E164),
    "tel:": lambda number, region: formatted(number, PhoneNumberFormat.RFC3966),
    "00": lambda number, region: "00" + formatted(number, PhoneNumberFormat.E164)[1:],
    "dialled": dialled_from,
    "no plus": lambda number, region: formatted(number, PhoneNumberFormat.E164)[1:],
    "bare": lambda number, region: phonenumbers.national_significant_number(number),
    "zero in front": lambda number, region: "0" + phonenumbers.national_significant_number(number),
    "(0)": with_zero_in_brackets,
}
ABROAD = ("plus", "E.164", "tel:", "00", "dialled")


def untidy(random: Random, text: str) -> str:
    """The number with other marks between its digits, or an extension, or neither."""
    kind = random.random()
    if kind < 0.2:
        return text.replace(" ", random.choice(("", ".", "-", "/", "\u00a0", "  ")))
    if kind < 0.3:
        return text + random.choice(
            (" x12", " ext. 345", " ext 6", "x7", " #89", ";ext=10", " доб. 11")
        )
    if kind < 0.35:
        return text.translate(
            str.maketrans("0123456789", random.choice(("٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९")))
        )
    return text


def judged(text: str, region: str) -> tuple[str | None, bool]:
    """What the library reads in a text, null where it is no possible number; whether it is valid.

    Lengths are not all: the library takes 0331… for possible where no number has a zero in front.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None, False
    has_zero = number.italian_leading_zero
    if has_zero and phone_regions.first_digit(str(number.country_code)) != "[0-9]":
        return None, False
    number.extension = None
    right = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    is_possible = phonenumbers.is_possible_number(number)
    return (right if is_possible else None), phonenumbers.is_valid_number(number)


def read(folder: Path, rows: list[Written]) -> list[str | None]:
    """What normalise_phone() reads in each."""
    file = folder / "numbers.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(
            (number, row.region, row.text) for number, row in enumerate(rows)
        )
    warehouse = Warehouse(folder, folder / "raw")
    result = warehouse.dbt(
        "show",
        "--inline",
        "select number, {{ normalise_phone('written', 'region') }} as phone"
        f" from read_csv('{file}', names = ['number', 'region', 'written'], all_varchar = true)",
        "--limit",
        "-1",
    )
    assert result.success, failures_of(result)
    found = {int(row[0]): row[1] for row in result.result.results[0].agate_table.rows}
    return [found[number] for number in range(len(rows))]


def test_what_is_known_of_telephones_is_of_the_library_that_is_installed() -> None:
    assert phone_regions.MACRO.read_text(encoding="utf-8") == phone_regions.text(), (
        "run `python -m lint.phone_regions`"
    )


def test_a_number_of_any_region_is_right_or_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generated = numbers(Random(20_260_101))
    rows = [next(generated) for _ in range(COUNT)]
    found = read(tmp_path, rows)

    pairs = list(zip(rows, found, strict=True))
    wrong = [(*row, phone) for row, phone in pairs if phone and row.right and phone != row.right]
    told = [(row, phone) for row, phone in pairs if row.spelling in TOLD and row.is_valid]
    equal = sum(phone == row.right for row, phone in told)
    with capsys.disabled():
        print(
            f"\n{COUNT:,} telephone numbers of {len({row.region for row in rows})} regions:"
            f" {sum(phone is not None for phone in found):,} read, {len(wrong)} wrong;"
            f" of {len(told):,} valid ones with a plus or in the region's form"
            f" {equal:,} are the library's ({equal / len(told):.1%})"
        )
    assert not wrong
    assert not [phone for phone in found if phone and phone.startswith("+0")]
    assert equal >= 0.95 * len(told)
