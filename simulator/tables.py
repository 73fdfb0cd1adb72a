"""The raw tables as the contracts of the dbt project state them, the one place where they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Table:
    """One raw table; every column is text but `_loaded_at`, which is not listed.

    contract: the rules of each column by its name, among them its data_type.
    """

    name: str
    contract: Mapping[str, Mapping[str, Any]]
    key: tuple[str, ...]
    latest_by: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self.contract)

    @property
    def source(self) -> str:
        """The source system."""
        return self.name.split(".")[0]

    @property
    def short_name(self) -> str:
        """The name within the source system."""
        return self.name.split(".")[1]


def _tables() -> Iterator[Table]:
    """All tables, in the order in which dbt_project.yml lists them."""
    project = _yaml(PROJECT / "dbt_project.yml")
    for source, system in project["vars"]["source_systems"].items():
        path = PROJECT / "models" / "staging" / source / f"_{source}__base.yml"
        models = {model["name"]: model for model in _yaml(path)["models"]}
        for table in system["tables"]:
            yield _table(f"{source}.{table}", models[f"base_{source}__{table}"])


def _table(name: str, model: Mapping[str, Any]) -> Table:
    rules = model["config"]["meta"]
    contract = {
        column["name"]: {
            "data_type": column["data_type"].split("(")[0],
            **column.get("config", {}).get("meta", {}),
        }
        for column in model["columns"]
    }
    return Table(name, contract, tuple(rules["row_key"]), *rules.get("latest_by", [None]))


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


TABLES = {table.name: table for table in _tables()}
SOURCES = tuple(dict.fromkeys(table.source for table in TABLES.values()))
