"""Whether a table is the same on two engines, and where it is not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isclose
from typing import Any

from dbt.contracts.graph.manifest import Manifest

from orchestration.platform.warehouse import Target
from tests.support import TIMES_OF_RUNS

Row = dict[str, Any]

# When a run was two engines do not share; and what else names a row where that does.
TIMES = {time for times in TIMES_OF_RUNS.values() for time in times}
KEYS_OF_RUNS = {
    "identity_events": ("event", "customer_id", "other_customer_id", "record_key"),
    "identity_map_history": ("record_key", "customer_id"),
    "identity_quality": ("as_of_date", "record_count", "remembered_identifier_count"),
}


@dataclass(frozen=True)
class Mart:
    """A mart: its place, its columns with the types of its contract, its key."""

    name: str
    relation: str
    columns: dict[str, str]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """One value, or one row (no column), that two engines do not share."""

    table: str
    key: tuple[Any, ...]
    column: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        place = f"{self.table} {'|'.join(map(str, self.key))} {self.column}"
        return f"{place}: {self.expected!r} on DuckDB, {self.found!r} here"


def all_marts(manifest: Manifest) -> list[Mart]:
    """The marts and what operations keep; the key of each is what its uniqueness test says."""
    models = [
        node
        for node in manifest.nodes.values()
        if node.resource_type == "model" and node.fqn[1] in ("marts", "operations")
    ]
    return sorted(
        (
            Mart(
                model.name,
                str(model.relation_name),
                {
                    name: str(column.data_type)
                    for name, column in model.columns.items()
                    if name not in TIMES
                },
                KEYS_OF_RUNS.get(model.name) or _key(manifest, model.unique_id),
            )
            for model in models
        ),
        key=lambda mart: mart.name,
    )


def _key(manifest: Manifest, unique_id: str) -> tuple[str, ...]:
    for child in manifest.child_map[unique_id]:
        test: Any = manifest.nodes.get(child)
        metadata = getattr(test, "test_metadata", None)
        if metadata is None or test.attached_node != unique_id:
            continue
        if metadata.name == "unique":
            return (str(metadata.kwargs["column_name"]),)
        if metadata.name == "unique_combination":
            return tuple(metadata.kwargs["columns"])
    raise ValueError(f"{unique_id} has no uniqueness test")


def read(target: Target, mart: Mart) -> dict[tuple[Any, ...], Row]:
    """A mart's rows by their keys, every value read from its text by the contract's type."""
    texts = ", ".join(f"cast({name} as string) as {name}" for name in mart.columns)
    readers = [_reader(data_type) for data_type in mart.columns.values()]
    rows = {}
    for values in target.query(f"select {texts} from {mart.relation}"):
        row = {
            name: None if value is None else reader(str(value))
            for name, reader, value in zip(mart.columns, readers, values, strict=True)
        }
        key = tuple(row[name] for name in mart.key)
        assert key not in rows, f"{mart.name} has {key} twice"
        rows[key] = row
    return rows


def _reader(data_type: str) -> Callable[[str], Any]:
    kind = data_type.lower().split("(")[0].strip()
    readers: dict[str, Callable[[str], Any]] = {
        "string": str,
        "boolean": lambda text: {"true": True, "false": False}[text.lower()],
        "bigint": int,
        "integer": int,
        "numeric": Decimal,
        "double": float,
        "date": date.fromisoformat,
        "timestamp": datetime.fromisoformat,
    }
    return readers[kind]


def differences(
    mart: Mart, expected: dict[tuple[Any, ...], Row], found: dict[tuple[Any, ...], Row]
) -> Iterator[Difference]:
    """What is not the same: rows by key; text, whole numbers and times exactly; decimals to the
    cent; floating numbers to 1e-9 of their size."""
    for key in sorted(expected.keys() | found.keys(), key=str):
        if key not in expected or key not in found:
            here, there = ("row" if key in rows else "no row" for rows in (expected, found))
            yield Difference(mart.name, key, "", here, there)
            continue
        for name in mart.columns:
            one, other = expected[key][name], found[key][name]
            if not _equal(one, other):
                yield Difference(mart.name, key, name, one, other)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) < Decimal("0.005")
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9)
    return bool(one == other)
