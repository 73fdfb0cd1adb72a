"""Columns of text from numbers, without a Python loop over rows.

Every function takes and returns whole columns: numpy arrays in, `pyarrow` string arrays out.
A negative code, a NaT time (`NO_TIME`) or a masked position gives null.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rng = np.random.Generator

DAY = 86_400
HOUR = 3_600
MINUTE = 60
NO_TIME = np.int64(-(2**62))
"""Stands for "no time" in columns of epoch seconds; written as null."""

_HEX = np.array([list(f"{byte:02x}".encode()) for byte in range(256)], dtype=np.uint8)
_GAMMA = np.uint64(0x9E3779B97F4A7C15)


def mixed(values: NDArray[np.integer], salt: int = 0) -> NDArray[np.uint64]:
    """Scrambled 64-bit numbers, one to one for one salt (the finaliser of splitmix64)."""
    with np.errstate(over="ignore"):
        bits = values.astype(np.uint64) + _GAMMA * np.uint64(salt + 1)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def share_of(values: NDArray[np.integer], salt: int = 0) -> Floats:
    """A number in [0, 1) that depends on nothing but the value and the salt."""
    return (mixed(values, salt) >> np.uint64(11)).astype(np.float64) / float(2**53)


def chance(rng: Rng, size: int, probability: float | Floats) -> Bools:
    """Independent coin flips."""
    return np.asarray(rng.random(size) < probability, dtype=np.bool_)


def choose(rng: Rng, size: int, weights: Sequence[float]) -> Ints:
    """Codes 0..len(weights)-1 drawn with these weights (they need not sum to one)."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.minimum(drawn, len(weights) - 1).astype(np.int64)


def fixed_width(characters: NDArray[np.uint8]) -> pa.Array:
    """Strings of one width from a matrix of their bytes."""
    rows, width = characters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    body = pa.py_buffer(np.ascontiguousarray(characters))
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), body)


def hexadecimal(values: NDArray[np.integer], salt: int = 0) -> pa.Array:
    """16 hex digits a value, scrambled: unique where the values are."""
    raw = mixed(values, salt).astype(">u8").view(np.uint8).reshape(-1, 8)
    return fixed_width(_HEX[raw].reshape(-1, 16))


def digits(values: Ints, width: int) -> pa.Array:
    """Zero-padded decimal digits."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return fixed_width(((values[:, None] // powers) % 10 + ord("0")).astype(np.uint8))


def join(*parts: pa.Array | str) -> pa.Array:
    """The parts one after the other; null where one of them is."""
    return pc.binary_join_element_wise(*parts, "")


def numbered(prefix: str, values: Ints, width: int) -> pa.Array:
    """`prefix` and zero-padded digits."""
    return join(prefix, digits(values, width))


def vocabulary(words: Sequence[str | None]) -> pa.Array:
    """Words as an array to pick from."""
    return pa.array(list(words), pa.string())


def pick(words: pa.Array | Sequence[str | None], codes: NDArray[np.integer]) -> pa.Array:
    """The word of each code; null for a negative one."""
    source = words if isinstance(words, pa.Array) else vocabulary(words)
    return source.take(pa.array(codes, mask=codes < 0))


def nothing(size: int) -> pa.Array:
    """A column of nulls."""
    return pa.nulls(size, pa.string())


def same(value: str, size: int) -> pa.Array:
    """A column of one value."""
    return pa.repeat(pa.scalar(value, pa.string()), size)


def where(condition: Bools, if_true: pa.Array | str, if_false: pa.Array | str) -> pa.Array:
    """Row by row one or the other."""
    return pc.if_else(pa.array(condition), if_true, if_false)


def keep(condition: Bools, values: pa.Array) -> pa.Array:
    """The value where the condition holds, else null."""
    return pc.if_else(pa.array(condition), values, pa.scalar(None, pa.string()))


def first_of(*columns: pa.Array) -> pa.Array:
    """The first that is not null."""
    return pc.coalesce(*columns)


def put(column: pa.Array, mask: Bools, values: pa.Array) -> pa.Array:
    """The column with `values` (one for each true) where the mask is true."""
    return pc.replace_with_mask(column, pa.array(mask), values)


def whole(values: NDArray[np.integer]) -> pa.Array:
    """Whole numbers."""
    return pa.array(values).cast(pa.string())


def decimals(scaled: Ints, places: int) -> pa.Array:
    """Plain decimals from whole numbers of 10**-places: 1234 and 2 places is 12.34."""
    words = np.empty((len(scaled), 2), dtype=np.int64)
    words[:, 0] = scaled
    words[:, 1] = scaled >> 63
    kind = pa.decimal128(18, places)
    return pa.Array.from_buffers(kind, len(scaled), [None, pa.py_buffer(words)]).cast(pa.string())


def money(cents: Ints) -> pa.Array:
    """Amounts with two decimals."""
    return decimals(cents, 2)


def times(seconds: Ints) -> pa.Array:
    """`YYYY-MM-DD HH:MM:SS`."""
    return pa.array(seconds, pa.timestamp("s"), mask=seconds == NO_TIME).cast(pa.string())


def dates(seconds: Ints) -> pa.Array:
    """`YYYY-MM-DD` of epoch seconds."""
    days = np.where(seconds == NO_TIME, 0, seconds // DAY).astype(np.int32)
    return pa.array(days, pa.date32(), mask=seconds == NO_TIME).cast(pa.string())


def truth_values(flags: Bools) -> pa.Array:
    """`true` / `false`."""
    return where(flags, "true", "false")


def later(start: Ints, delay: NDArray[np.number], last: Ints | int) -> Ints:
    """Times so long after a start; one that would lie beyond the last falls somewhere before it.

    (Cut off at the last, they would heap up there: a crowd that signs up on the final day.)
    """
    begun = np.minimum(start, last)
    room = np.maximum(last - begun, 1)
    waited = delay.astype(np.int64)
    return begun + np.where(waited < room, waited, waited % room)


def repeated(counts: Ints) -> tuple[Ints, Ints]:
    """The parent row of every child, and its place 0.. among the children of that row."""
    parents = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return parents, np.arange(len(parents), dtype=np.int64) - starts[parents]
