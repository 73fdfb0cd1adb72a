"""Compares the columns of raw tables with their contracts, and how values are written in them."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import duckdb

from orchestration.check.finding import Finding, Level
from orchestration.check.raw import place_of
from orchestration.load.files import EPOCH, ISO_TIME, quoted, text
from orchestration.platform.warehouse import RawTable

# The share of values that are no ISO dates, or have a comma, that tells how all are written.
_SHARE_THAT_TELLS = 0.5
_SHORT = 3  # names of so many letters are within many others
_DAY = "^([0-9]{1,2})([./-])([0-9]{1,2})[./-]([0-9]{4}|[0-9]{2})([^0-9]|$)"


def compare(
    connection: duckdb.DuckDBPyConnection, table: RawTable, contract: dict[str, Any]
) -> Iterator[Finding]:
    """What is missing of a raw table's contract, what it does not know, and odd dates and decimals.

    contract: column -> what the contract says of it (dbt's).
    """
    name = f"{table.source}.{table.name}"
    present = {
        str(column).lower(): str(column)
        for column, *_ in connection.execute(f"describe {place_of(table)}").fetchall()
    }
    found = {
        column: present[raw.lower()]
        for column in table.columns
        for raw in [table.raw_name(column)]
        if raw.lower() in present
    }
    lacking = [column for column in table.columns if column not in found]
    unknown = [
        raw
        for lower, raw in present.items()
        if raw not in found.values() and lower != table.loaded_at.lower() and raw[0] != "_"
    ]
    for column in lacking:
        if column not in table.optional:
            yield Finding(
                name, Level.ERROR,
                f"has no column {table.raw_name(column)}, without which a row means nothing",
            )  # fmt: skip
    if table.loaded_at.lower() not in present:
        yield Finding(
            name, Level.ERROR,
            f"has no column {table.loaded_at}, the time a row was loaded",
        )  # fmt: skip
    for raw in unknown:
        likely = _likeliest(raw, lacking)
        remedy = (
            f": is it {likely}? Then say raw_columns: {{{name}: {{{likely}: {raw!r}}}}}"
            if likely
            else ", which stays in the raw table"
        )
        yield Finding(name, Level.WARNING, f"has a column {raw} that no contract names{remedy}")
    if others := [column for column in lacking if column in table.optional]:
        yield Finding(name, Level.NOTE, f"lacks {', '.join(others)}: null in what is built")
    for column, raw in found.items():
        kind = contract[column].data_type or "string"
        if kind in ("date", "timestamp") and not table.day_format:
            yield from _days(connection, table, raw)
        elif kind.startswith(("numeric", "bigint")):
            yield from _decimals(connection, table, raw)


def _likeliest(raw: str, columns: list[str]) -> str | None:
    """The column of the contract that one of another name is likely meant to be."""
    plain = re.sub(r"[^a-z0-9]", "", raw.lower())
    known = {column.replace("_", ""): column for column in columns}
    within = [name for name in known if len(plain) > _SHORT and (plain in name or name in plain)]
    close = get_close_matches(plain, known, n=1, cutoff=0.7) or within
    return known[close[0]] if close else None


def _days(connection: duckdb.DuckDBPyConnection, table: RawTable, raw: str) -> Iterator[Finding]:
    value = f"trim(cast({quoted(raw)} as varchar))"
    odd = f"{value} <> '' and not regexp_matches({value}, {text(ISO_TIME + '|' + EPOCH)})"
    parts = [f"try_cast(regexp_extract({value}, {text(_DAY)}, {n}) as integer)" for n in (1, 3)]
    row = connection.execute(
        f"select count(*) filter (where {odd}), count(*) filter (where {value} <> ''), "
        f"max({parts[0]}) filter (where {odd}), max({parts[1]}) filter (where {odd}), "
        f"mode(regexp_extract({value}, {text(_DAY)}, 2)) filter (where {odd}), "
        f"max(length(regexp_extract({value}, {text(_DAY)}, 4))) filter (where {odd}), "
        f"min({value}) filter (where {odd}) from {place_of(table)}"
    ).fetchone()
    count, all_of_them, first, second, mark, year_length, example = row or (0,) * 7
    if not count or count < _SHARE_THAT_TELLS * all_of_them:
        return
    said = f"writes {raw} as {example!r}"
    if first is None:
        said += ", which is no day that can be read: write it as 2026-01-31"
    else:
        year = "%Y" if year_length == len("2026") else "%y"
        months_in_a_year = 12
        day_first, month_first = f"%d{mark}%m{mark}{year}", f"%m{mark}%d{mark}{year}"
        if first > months_in_a_year >= second:
            said += f". Say raw_formats: {{{table.source}.{table.name}: {{date: '{day_first}'}}}}"
        elif second > months_in_a_year >= first:
            said += f". Say raw_formats: {{{table.source}.{table.name}: {{date: '{month_first}'}}}}"
        else:
            said += f". Say under raw_formats whether that is {day_first} or {month_first}"
    yield Finding(f"{table.source}.{table.name}", Level.WARNING, said)


def _decimals(
    connection: duckdb.DuckDBPyConnection, table: RawTable, raw: str
) -> Iterator[Finding]:
    value = f"trim(cast({quoted(raw)} as varchar))"
    with_comma = f"regexp_matches({value}, '^[+-]?[0-9. ]*[0-9],[0-9]+$')"
    row = connection.execute(
        f"select count(*) filter (where {with_comma}), count(*) filter (where {value} <> ''), "
        f"min({value}) filter (where {with_comma}) from {place_of(table)}"
    ).fetchone()
    count, all_of_them, example = row or (0, 0, None)
    if table.decimal or not count or count < _SHARE_THAT_TELLS * all_of_them:
        return
    name = f"{table.source}.{table.name}"
    yield Finding(
        name, Level.WARNING,
        f"writes {raw} as {example!r}: if the comma is a decimal one, say raw_formats: "
        f"{{{name}: {{decimal: ','}}}}",
    )  # fmt: skip
