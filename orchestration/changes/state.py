"""What every model, seed and test of the project is made of now, and what was built last."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.changes.inputs import due_days, hash_of, project_hash, raw_versions, today
from orchestration.changes.records import Record, Records
from orchestration.platform.warehouse import Target
from orchestration.steps import BUILT, STEPS, step_of

TEST = "test"


@dataclass(frozen=True)
class Node:
    """A model, seed or test. step: of a test the last of those of what it reads.

    parents: unique ids. selector, relation: how dbt's --select names it, and SQL.
    """

    unique_id: str
    name: str
    kind: str
    materialized: str
    step: str
    parents: tuple[str, ...]
    selector: str
    relation: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_built(self) -> bool:
        """Whether dbt has something to do for it."""
        return self.materialized != "ephemeral"

    @property
    def passes_on(self) -> bool:
        """Whether it changes with what it reads, without being built."""
        return self.materialized in ("view", "ephemeral")


@dataclass(frozen=True)
class State:
    """The nodes in an order in which parents come first, and what is known of them.

    project: a hash of all code. records: by node. raw: a hash of what a raw table holds, by its
    unique id. days: what of the as-of date matters to a node, by its unique id.
    """

    nodes: Mapping[str, Node]
    project: str
    records: Mapping[str, Record]
    raw: Mapping[str, str]
    days: Mapping[str, Any]
    _versions: dict[str, str | None] = field(default_factory=dict, compare=False)

    def version(self, unique_id: str) -> str | None:
        """What the rows of a table are called: another name whenever they may be others.

        None where nobody knows.
        """
        if unique_id not in self._versions:
            self._versions[unique_id] = self._version(unique_id)
        return self._versions[unique_id]

    def _version(self, unique_id: str) -> str | None:
        node = self.nodes.get(unique_id)
        if node is None:
            return self.raw.get(unique_id)
        record = self.records.get(unique_id)
        built_by = record.built_by if record else None
        if node.is_built and built_by is None:
            return None
        return self._together(built_by, node.parents) if node.passes_on else built_by

    def inputs(self, node: Node) -> str | None:
        """What a node is made of: code, the day, and its parents. Of a view, code and day."""
        own = (self.project, self.days.get(node.unique_id))
        return hash_of(*own) if node.passes_on else self._together(own, node.parents)

    def versions(self, *unique_ids: str) -> str | None:
        """What the rows of some tables are called, by the code of now; None where nobody knows."""
        return self._together(self.project, unique_ids)

    def _together(self, own: Any, unique_ids: tuple[str, ...]) -> str | None:
        found = [self.version(unique_id) for unique_id in unique_ids]
        return None if None in found else hash_of(own, found)


def current_state(target: Target, step: str | None = None) -> State:
    """The state of an open target.

    step: the one that comes next, whose nodes need to know the day. What comes due in a table is
    known only when an earlier step has built it.
    """
    nodes = {node.unique_id: node for node in _in_order(_nodes(target.manifest))}
    project = target.adapter.config.project_name
    raw = {
        f"source.{project}.{source}.{name}": found
        for (source, name), found in raw_versions(target).items()
    }
    of_step = [node for node in nodes.values() if node.step == step]
    days = _days(target, of_step, nodes)
    return State(nodes, project_hash(target), Records(target).read(), raw, days)


def _days(target: Target, of_step: Iterable[Node], nodes: Mapping[str, Node]) -> dict[str, Any]:
    """What of the as-of date matters to some nodes, by their unique ids."""
    day = today(target.adapter.config)
    relations = {node.name: node.relation for node in nodes.values()}
    due = {
        relations[entity]: columns
        for node in of_step
        for entity, columns in node.meta.get("due", {}).items()
    }
    found = due_days(target, due, day)
    days: dict[str, Any] = {}
    for node in of_step:
        if node.meta.get("daily"):
            days[node.unique_id] = day.isoformat()
        elif entities := node.meta.get("due"):
            days[node.unique_id] = [found[relations[entity]] for entity in sorted(entities)]
    return days


def _nodes(manifest: Any) -> dict[str, Node]:
    """The models, seeds and tests of dbt's manifest."""
    steps = {
        unique_id: step_of(node.config.meta)
        for unique_id, node in manifest.nodes.items()
        if node.resource_type in BUILT
    }
    found = {}
    for unique_id, node in manifest.nodes.items():
        if node.resource_type not in (*BUILT, TEST):
            continue
        parents = tuple(node.depends_on_nodes) if node.resource_type != "seed" else ()
        found[unique_id] = Node(
            unique_id,
            node.name,
            str(node.resource_type),
            node.config.materialized,
            steps.get(unique_id) or _last_step(steps.get(parent) for parent in parents),
            parents,
            f"fqn:{'.'.join(node.fqn)}",
            node.relation_name or "",
            node.config.meta or {},
        )
    return found


def _last_step(steps: Iterable[str | None]) -> str:
    return max((step for step in steps if step), key=STEPS.index, default=STEPS[0])


def _in_order(nodes: Mapping[str, Node]) -> Iterator[Node]:
    """Nodes, each behind its parents."""
    waiting = dict(nodes)

    def with_parents(node: Node) -> Iterator[Node]:
        for parent in node.parents:
            if parent in waiting:
                yield from with_parents(waiting.pop(parent))
        yield node

    while waiting:
        _, node = waiting.popitem()
        yield from with_parents(node)
