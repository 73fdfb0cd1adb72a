"""The raw files of the cases: a CSV file for each case and table."""

import csv
from pathlib import Path
from typing import Any

import yaml

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases.yml").read_text(encoding="utf-8")
)
LOADED = "2026-02-01 02:00:00"
# What rows say of themselves where a case does not say otherwise.
USUAL = {
    "retail.transactions": {"transaction_type": "PURCHASE", "transaction_status": "COMPLETED"},
    "retail.transaction_items": {"item_status": "SOLD"},
}
SYSTEMS = {table.split(".")[0] for case in CASES for table in case["rows"]}
TABLES = {table for case in CASES for table in case["rows"]}


def _formats() -> dict[str, dict[str, str]]:
    """What the cases say of how days and numbers are written, by table."""
    formats: dict[str, dict[str, str]] = {}
    for case in CASES:
        for table in case["rows"] if "formats" in case else ():
            formats[table] = case["formats"]
    return formats


def _absent_tables() -> list[str]:
    """The tables of which no case has a row."""
    project = Path(__file__).parents[2] / "dbt_project.yml"
    systems = yaml.safe_load(project.read_text(encoding="utf-8"))["vars"]["source_systems"]
    known = {f"{name}.{table}" for name in SYSTEMS for table in systems[name]["tables"]}
    return sorted(known - TABLES)


VARIABLES: dict[str, Any] = {
    "sources": sorted(SYSTEMS),
    "absent_tables": _absent_tables(),
    "as_of_date": "2026-02-02",
    "plus_tags_ignored_for": ["tags.example"],
    "raw_formats": _formats(),
}


def write_cases(raw_dir: Path) -> None:
    """Writes the cases' rows, each case into files of its own that have the columns it names."""
    for number, case in enumerate(CASES):
        for table, rows in case["rows"].items():
            usual = {"_loaded_at": LOADED} | USUAL.get(table, {})
            columns = list(dict.fromkeys([*usual, *(name for row in rows for name in row)]))
            path = raw_dir / f"{table.replace('.', '/')}.{number:03}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(usual | row for row in rows)
