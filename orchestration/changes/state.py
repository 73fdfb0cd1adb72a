"""What every model, seed and test of the project is made of now, and what was built last."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from orchestration.changes.inputs import (
    due_days,
    hash_of,
    project_hash,
    raw_versions,
    tables_there,
    today,
)
from orchestration.changes.records import Record, Records
from orchestration.platform.warehouse import Target
from orchestration.steps import BUILT, STEPS, step_of

TEST = "test"
_DAY = "macro.customer_360.as_of_date"


@dataclass(frozen=True)
class Node:
    """A model, seed or test. step: of a test the last of those of what it reads.

    parents: unique ids. selector, relation: how dbt's --select names it, and SQL. place: schema and
    name of the relation, lower case. speaks_of_day: whether its code, or that of an ephemeral model
    it reads, calls as_of_date(), by itself or by a macro.
    """

    unique_id: str
    name: str
    kind: str
    materialized: str
    step: str
    parents: tuple[str, ...]
    selector: str
    relation: str = ""
    place: tuple[str, str] = ("", "")
    speaks_of_day: bool = False
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

    project: a hash of all code. records: by node. raw: finds a hash of what each raw table holds,
    by its unique id, while the target is open. days: what of the as-of date, the day, matters to a
    node, by its unique id.
    """

    nodes: Mapping[str, Node]
    project: str
    records: Mapping[str, Record]
    raw: Callable[[], Mapping[str, str]]
    days: Mapping[str, Any]
    day: date
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
            return self.raw().get(unique_id)
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
    nodes = {node.unique_id: node for node in _in_order(nodes_of(target.manifest))}
    of_step = [node for node in nodes.values() if node.step == step]
    day = today(target.adapter.config)
    days = _days(target, of_step, nodes, day)
    records = Records(target).read()
    for dropped in _dropped(target, of_step) & records.keys():
        del records[dropped]
    raw = cache(lambda: _raw(target))
    if step:
        raw()  # what comes in while the step is built is not what it was built of
    return State(nodes, project_hash(target), records, raw, days, day)


def built_state(target: Target, state: State, built: Iterable[Node]) -> State:
    """The state when some nodes have been built, as of its day.

    What comes due in rows that are made of a model's own is known only then.
    """
    by_name = {node.name: node.unique_id for node in state.nodes.values() if node.kind != TEST}
    own = [
        node
        for node in built
        if any(
            node.unique_id in _with_ancestors(state.nodes, by_name[name])
            for name in node.meta.get("due", {})
        )
    ]
    return replace(state, days={**state.days, **_days(target, own, state.nodes, state.day)})


def _with_ancestors(nodes: Mapping[str, Node], unique_id: str) -> set[str]:
    """A node and all that it is made of."""
    waiting, found = [unique_id], set()
    while waiting:
        if (name := waiting.pop()) not in found and name in nodes:
            found.add(name)
            waiting += nodes[name].parents
    return found


def _raw(target: Target) -> dict[str, str]:
    """A hash of what each raw table holds, by its unique id."""
    project = target.adapter.config.project_name
    return {
        f"source.{project}.{source}.{name}": found
        for (source, name), found in raw_versions(target).items()
    }


def _dropped(target: Target, nodes: Iterable[Node]) -> set[str]:
    """The models and seeds whose table or view is not there, by their unique ids."""
    built = [node for node in nodes if node.kind != TEST and node.is_built]
    there = tables_there(target, {node.place[0] for node in built}) if built else set()
    return {node.unique_id for node in built if node.place not in there}


def _days(
    target: Target, of_step: Iterable[Node], nodes: Mapping[str, Node], day: date
) -> dict[str, Any]:
    """What of the as-of date matters to some nodes, by their unique ids."""
    relations = {node.name: node.relation for node in nodes.values()}
    due: dict[str, set[str]] = defaultdict(set)
    for node in of_step:
        for entity, columns in node.meta.get("due", {}).items():
            due[entity] |= {*columns}
    found = due_days(
        target, {relations[name]: due[name] for name in _built(target, due, nodes)}, day
    )
    days: dict[str, Any] = {}
    for node in of_step:
        if entities := node.meta.get("due"):
            days[node.unique_id] = [found.get(relations[name]) for name in sorted(entities)]
        elif node.speaks_of_day:
            days[node.unique_id] = day.isoformat()
    return days


def _built(target: Target, names: Iterable[str], nodes: Mapping[str, Node]) -> list[str]:
    """Those of some models whose table or view is there: at the first build some are not."""
    places = {node.name: node.place for node in nodes.values() if node.kind != TEST}
    there = tables_there(target, {places[name][0] for name in names}) if names else set()
    return [name for name in names if places[name] in there]


def nodes_of(manifest: Any) -> dict[str, Node]:
    """The models, seeds and tests of dbt's manifest that are switched on."""
    steps = {
        unique_id: step_of(node.config.meta)
        for unique_id, node in manifest.nodes.items()
        if node.resource_type in BUILT
    }
    found = {}
    for unique_id, node in manifest.nodes.items():
        # dbt leaves the tests of a model that is switched off in its manifest
        if node.resource_type not in (*BUILT, TEST) or not node.config.enabled:
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
            (str(node.schema).lower(), str(node.alias).lower()),
            node.resource_type != "seed" and _speaks_of_day(manifest, node),
            node.config.meta or {},
        )
    return found


def _speaks_of_day(manifest: Any, node: Any) -> bool:
    parents = (manifest.nodes.get(name) for name in node.depends_on_nodes)
    return _calls(manifest, _DAY, node.depends_on.macros) or any(
        _speaks_of_day(manifest, parent)
        for parent in parents
        if parent and parent.config.materialized == "ephemeral"
    )


def _calls(manifest: Any, macro: str, macros: Iterable[str]) -> bool:
    """Whether a macro is among some, or those that they call."""
    waiting, seen = [*macros], set()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in manifest.macros:
            seen.add(name)
            waiting += manifest.macros[name].depends_on.macros
    return macro in seen


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
