"""What a step of a night has to build and to test."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from orchestration.changes.records import Record
from orchestration.changes.state import TEST, Node, State


@dataclass(frozen=True)
class Plan:
    """What a step builds and tests, each behind its parents; of how many there are."""

    step: str
    build: tuple[Node, ...]
    tests: tuple[Node, ...]
    all_count: int
    all_tests_count: int

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All that dbt has to do."""
        return self.build + self.tests

    def __str__(self) -> str:
        return (
            f"{len(self.build)} of {self.all_count} models and seeds of the step {self.step} can "
            f"have changed, and {len(self.tests)} of {self.all_tests_count} tests what they find"
        )


def plan_step(state: State, step: str) -> Plan:
    """What can have changed: what was not built to its end, is made of something else than it was,
    or reads what is built now; and the tests that were not passed since."""
    of_step = [node for node in state.nodes.values() if node.step == step]
    changed: set[str] = set()
    build: list[Node] = []
    tests: list[Node] = []
    for node in of_step:
        reads_changed = not changed.isdisjoint(node.parents)
        record = state.records.get(node.unique_id)
        is_known = record is not None and record.inputs == state.inputs(node)
        if node.is_built and (not is_known or (reads_changed and not node.passes_on)):
            (tests if node.kind == TEST else build).append(node)
            changed.add(node.unique_id)
        elif reads_changed:
            changed.add(node.unique_id)
    test_count = sum(node.kind == TEST for node in of_step)
    return Plan(step, tuple(build), tuple(tests), len(of_step) - test_count, test_count)


def remembered(
    state: State, plan: Plan, succeeded: Collection[str], built_by: str
) -> dict[str, Record]:
    """What is known after a run of dbt: of what it built and the tests that passed.

    Of what reads something unknown nothing is.
    """
    planned = {node.unique_id for node in plan.nodes}
    records = {name: record for name, record in state.records.items() if name not in planned}
    records |= {name: Record("", built_by) for name in planned & {*succeeded}}
    after = replace(state, records=records, _versions={})
    found = {node.unique_id: after.inputs(node) for node in plan.nodes}
    return {
        name: Record(inputs, built_by)
        for name, inputs in found.items()
        if name in records and inputs is not None
    }
