"""Cases: small worlds of some raw rows, all of them loaded into one warehouse and built at once.

The raw files are CSV: one for each case and table, which has the columns that the case names, or
one for each table.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.support import REGISTRY

LOADED = "2026-02-01 02:00:00"
Case = dict[str, Any]


def read_cases(path: Path) -> list[Case]:
    cases: list[Case] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return cases


def variables_of(cases: Sequence[Case]) -> dict[str, Any]:
    """dbt's vars for a warehouse of the cases, which has no table of which no case has a row."""
    tables = {table for case in cases for table in case["rows"]}
    systems = {table.split(".")[0] for table in tables}
    known = {f"{name}.{table}" for name in systems for table in REGISTRY[name]["tables"]}
    return {
        "sources": sorted(systems),
        "absent_tables": sorted(known - tables),
        "as_of_date": "2026-02-02",
    }


def write_cases(
    raw_dir: Path, cases: Sequence[Case], usual: Mapping[str, Mapping[str, str]]
) -> None:
    """Writes the cases' rows.

    usual: what a table's rows say where they do not say otherwise, by table.
    """
    for number, case in enumerate(cases):
        for table, rows in case["rows"].items():
            _write(raw_dir / f"{table.replace('.', '/')}.{number:03}.csv", usual.get(table), rows)


def write_cases_together(
    raw_dir: Path, cases: Sequence[Case], usual: Mapping[str, Mapping[str, str]]
) -> None:
    """Writes the cases' rows into one file a table, where a file more costs more than a column."""
    for table in {table: None for case in cases for table in case["rows"]}:
        rows = [row for case in cases for row in case["rows"].get(table, ())]
        _write(raw_dir / f"{table.replace('.', '/')}.csv", usual.get(table), rows)


def _write(path: Path, usual: Mapping[str, str] | None, rows: Iterable[Mapping[str, str]]) -> None:
    """Writes rows with the columns that any of them has."""
    said = [{"_loaded_at": LOADED, **(usual or {}), **row} for row in rows]
    columns = list(dict.fromkeys(name for row in said for name in row))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(said)
