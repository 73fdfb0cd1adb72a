"""The models that identity keeps, and what their columns are on an engine and in Parquet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from orchestration.platform.warehouse import Target

_ARROW = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
    "double": pa.float64(),
}


@dataclass(frozen=True)
class KeptModel:
    """A model with the place of its table.

    columns: name -> type, as its contract says them. never_null: those that its contract wants.
    grows: whether dbt adds columns that its contract has got since the table was made.
    """

    name: str
    unique_id: str
    relation: Any  # dbt's, of the target
    columns: Mapping[str, str]
    never_null: frozenset[str]
    grows: bool

    @property
    def schema(self) -> pa.Schema:
        """Its columns in Parquet."""
        return pa.schema([(name, arrow_type(of)) for name, of in self.columns.items()])

    def is_there(self, target: Target) -> bool:
        """Whether its table has been built."""
        place = self.relation
        found = target.adapter.get_relation(place.database, place.schema, place.identifier)
        return found is not None

    def as_it_is(self, target: Target) -> "KeptModel":
        """The model with the columns that its table has by now."""
        if not self.grows:
            return self
        found = target.adapter.get_columns_in_relation(self.relation)
        there = {column.name.lower() for column in found}
        columns = {name: of for name, of in self.columns.items() if name in there}
        return replace(self, columns=columns)


def models_made_of_it(target: Target) -> list[Any]:
    """The tables of identity that are made of what is kept."""
    return [
        node
        for node in target.manifest.nodes.values()
        if node.unique_id.startswith("model.")
        and node.config.schema == "identity"
        and node.config.materialized != "view"
        and node.config.meta.get("kept") != "identity"
    ]


def relation_of(target: Target, node: Any) -> Any:
    """The place of a model's table."""
    return target.adapter.Relation.create_from(target.adapter.config, node)


def kept_models(target: Target) -> list[KeptModel]:
    """The models of the project that identity keeps, by name."""
    nodes: Any = target.manifest.nodes.values()
    return sorted(
        (
            KeptModel(
                node.alias,
                node.unique_id,
                relation_of(target, node),
                {name: str(column.data_type) for name, column in node.columns.items()},
                frozenset(
                    name
                    for name, column in node.columns.items()
                    if any(constraint.type == "not_null" for constraint in column.constraints)
                ),
                node.config.on_schema_change == "append_new_columns",
            )
            for node in nodes
            if node.resource_type == "model" and node.config.meta.get("kept") == "identity"
        ),
        key=lambda model: model.name,
    )


def sql_type(target: Target, data_type: str) -> str:
    """What an engine calls a type of a contract."""
    return target.timestamp if data_type == "timestamp" else data_type


def arrow_type(data_type: str) -> pa.DataType:
    """What Parquet calls a type of a contract."""
    if decimal := re.fullmatch(r"numeric\((\d+),\s*(\d+)\)", data_type):
        return pa.decimal128(*map(int, decimal.groups()))
    return _ARROW[data_type]
