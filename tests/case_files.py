"""Cases: small worlds of some raw rows, all of them loaded into one warehouse and built at once.

The raw files are a CSV file for each case and table, which has the columns that the case names.
"""

import csv
from collections.abc import Mapping, Sequence
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
            rest = {"_loaded_at": LOADED} | dict(usual.get(table, {}))
            columns = list(dict.fromkeys([*rest, *(name for row in rows for name in row)]))
            path = raw_dir / f"{table.replace('.', '/')}.{number:03}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rest | row for row in rows)
