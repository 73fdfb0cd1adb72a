"""Telephone numbers that ring nowhere.

The first numbers of a country come from the ranges its regulator keeps for film and fiction (Ofcom,
NANPA 555-01xx, Bundesnetzagentur, ARCEP). They are soon used up, so the rest have prefixes that
were
never given out: 04 in the United Kingdom, N9X area codes in North America, 0199 in Germany, 010
and 011 in France.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.text import Ints, join, nothing, pick, put, same, whole

CALLING_CODES = ("44", "1", "49", "33")
"""By country code: GB, US, DE, FR."""
_GB_FICTION = (
    7700900, 1632960, 2079460, 1134960, 1144960, 1154960, 1164960, 1174960, 1184960, 1214960,
    1314960, 1414960, 1514960, 1614960, 1914980, 2896496, 2920180,
)  # fmt: skip
_US_AREAS = (
    201, 202, 206, 212, 213, 214, 215, 216, 303, 305, 310, 312, 313, 314, 404, 405, 408, 412,
    415, 502, 503, 504, 505, 512, 513, 602, 607, 612, 614, 615, 617, 702, 703, 704, 713, 716,
)  # fmt: skip
_DE_FICTION = (3023125, 6990009, 4066969, 2214710, 8999998)
_FR_FICTION = (19900, 26191, 35301, 46571, 53649, 63998)

PLAIN, SPACED, DOUBLE_ZERO, NATIONAL, BRACKETS, TRUNK_IN_BRACKETS, EXTENSION = range(7)
"""Ways of writing a number. NATIONAL and BRACKETS only make sense beside a country."""
INTERNATIONAL_STYLES = (0.55, 0.25, 0.1, 0.0, 0.0, 0.06, 0.04)
ANY_STYLE = (0.3, 0.2, 0.06, 0.22, 0.16, 0.04, 0.02)


def national_numbers(country: Ints, serial: Ints) -> Ints:
    """The significant national number of the serial-th telephone of a country, one to one."""
    number = np.zeros(len(serial), dtype=np.int64)
    plans = (
        (np.array(_GB_FICTION) * 1000, 1000, 4_000_000_000),
        (np.array(_US_AREAS) * 10_000_000 + 5_550_100, 100, 0),
        (np.array(_DE_FICTION) * 1000, 1000, 19_900_000_000),
        (np.array(_FR_FICTION) * 10_000, 10_000, 100_000_000),
    )
    for code, (blocks, size, overflow) in enumerate(plans):
        mine = country == code
        wanted = serial[mine]
        fiction = blocks[wanted % len(blocks)] + wanted // len(blocks)
        beyond = overflow + wanted if overflow else _expansion_area(wanted)
        number[mine] = np.where(wanted < len(blocks) * size, fiction, beyond)
    return number


def _expansion_area(serial: Ints) -> Ints:
    """North American numbers in area codes N9X, which are kept for a longer numbering plan."""
    line, rest = serial % 10_000, serial // 10_000
    exchange, area = 200 + rest % 800, rest // 800
    return ((2 + area // 10) * 100 + 90 + area % 10) * 10_000_000 + exchange * 10_000 + line


def e164(country: Ints, national: Ints) -> pa.Array:
    """`+447700900123`."""
    return join("+", pick(CALLING_CODES, country), whole(national))


def written(country: Ints, national: Ints, style: Ints) -> pa.Array:
    """Numbers as people type them."""
    code, digits = pick(CALLING_CODES, country), whole(national)
    trunk = pick(("0", "", "0", "0"), country)
    head = pc.utf8_slice_codeunits(digits, 0, 3)
    middle = pc.utf8_slice_codeunits(digits, 3, 6)
    tail = pc.utf8_slice_codeunits(digits, 6)
    zero = pick((" (0)", " ", " (0)", " (0)"), country)
    forms = {
        PLAIN: join("+", code, digits),
        SPACED: join("+", code, " ", head, " ", middle, " ", tail),
        DOUBLE_ZERO: join("00", code, " ", head, " ", middle, tail),
        NATIONAL: join(trunk, head, " ", middle, tail),
        BRACKETS: join("(", trunk, head, ") ", middle, "-", tail),
        TRUNK_IN_BRACKETS: join("+", code, zero, head, " ", middle, tail),
        EXTENSION: join("+", code, digits, same(" ext. 12", len(national))),
    }
    result = nothing(len(national))
    for number, form in forms.items():
        mask = style == number
        result = put(result, mask, form.filter(pa.array(mask)))
    return result
