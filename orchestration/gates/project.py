"""What the gates need to know of the dbt project: its tables, their columns, keys and PII."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import is_needed
from orchestration.steps import check_steps


@dataclass(frozen=True)
class Table:
    """A table behind a gate.

    name: `source.table` for raw ones, else the model. relation: as SQL names it. columns: all that
    the project documents; required: those without which its models do not work. key: what names a
    row. loaded_at: the column that says when a row was loaded, of raw tables. stale_after,
    late_after: dbt's error and warning of a source's freshness.
    """

    name: str
    schema: str
    identifier: str
    relation: str
    columns: frozenset[str]
    required: tuple[str, ...]
    pii: frozenset[str]
    key: tuple[str, ...]
    loaded_at: str | None = None
    stale_after: timedelta | None = None
    late_after: timedelta | None = None

    @property
    def source(self) -> str | None:
        """The source system of a raw table."""
        return self.name.partition(".")[0] if self.loaded_at else None


@dataclass(frozen=True)
class Project:
    """The tables behind each gate, and the names of those that are switched off.

    relations: what SQL calls each model, by its name.
    """

    tables: dict[str, dict[str, Table]]
    relations: dict[str, str]
    disabled: frozenset[str]

    @property
    def pii(self) -> frozenset[str]:
        """Every column name that is PII in some table."""
        gates = self.tables.values()
        return frozenset(name for gate in gates for table in gate.values() for name in table.pii)


def read_project(manifest: Path) -> Project:
    """Reads dbt's manifest.json. Raises CannotRunError where its steps or gates are wrong."""
    content = json.loads(manifest.read_text(encoding="utf-8"))
    check_steps(content)
    name = content["metadata"]["project_name"]
    nodes = {node: part for node, part in content["nodes"].items() if node.startswith("model.")}
    unique = _unique_columns(content["nodes"].values())
    tables: dict[str, dict[str, Table]] = {"raw": {}, "conformed": {}, "marts": {}}
    for source in content["sources"].values():
        base = nodes.get(f"model.{name}.base_{source['source_name']}__{source['name']}")
        if base is not None:
            table = _raw_table(source, base)
            tables["raw"][table.name] = table
    for unique_id, node in nodes.items():
        gate = node["config"]["meta"].get("gate")
        if gate is None:
            continue
        if gate not in tables:
            raise CannotRunError(
                f"{node['name']} says `meta: {{gate: {gate}}}`; the gates are {', '.join(tables)}."
            )
        tables[gate][node["name"]] = _model(node, unique.get(unique_id, ()))
    disabled = frozenset(
        f"{part['source_name']}.{part['name']}" if "source_name" in part else part["name"]
        for versions in content["disabled"].values()
        for part in versions
    )
    relations = {node["name"]: node["relation_name"] for node in nodes.values()}
    return Project(tables, relations, disabled)


def _raw_table(source: dict[str, Any], base: dict[str, Any]) -> Table:
    columns = base["columns"]
    loaded_at = source["loaded_at_field"] or "_loaded_at"
    required = [column for column, part in columns.items() if is_needed(part["meta"])]
    freshness = source["freshness"] or {}
    return Table(
        name=f"{source['source_name']}.{source['name']}",
        schema=source["schema"],
        identifier=source["identifier"],
        relation=source["relation_name"],
        columns=frozenset([*columns, loaded_at]),
        required=(*required, loaded_at),
        pii=pii_columns(columns),
        key=tuple(base["meta"]["row_key"]),
        loaded_at=loaded_at,
        stale_after=period(freshness.get("error_after")),
        late_after=period(freshness.get("warn_after")),
    )


def _model(node: dict[str, Any], unique: tuple[str, ...]) -> Table:
    return Table(
        name=node["name"],
        schema=node["schema"],
        identifier=node["alias"],
        relation=node["relation_name"],
        columns=frozenset(node["columns"]),
        required=tuple(node["columns"]),
        pii=pii_columns(node["columns"]),
        key=unique[:1],
    )


def _unique_columns(nodes: Any) -> dict[str, tuple[str, ...]]:
    """The columns of each model that a dbt test holds to be unique."""
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        if (node.get("test_metadata") or {}).get("name") == "unique" and node["column_name"]:
            model = node["attached_node"]
            found[model] = (*found.get(model, ()), node["column_name"])
    return found


def pii_columns(columns: Mapping[str, Any]) -> frozenset[str]:
    """The columns that are marked `meta: {pii: true}`."""
    return frozenset(column for column, part in columns.items() if part["meta"].get("pii"))


def period(threshold: Mapping[str, Any] | None) -> timedelta | None:
    """A threshold of a source's freshness, as dbt's manifest has it."""
    if not threshold or not threshold.get("count"):
        return None
    return timedelta(**{f"{threshold['period']}s": threshold["count"]})
