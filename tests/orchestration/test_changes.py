"""A night builds all that can have changed: whatever failed, was killed or built by hand before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.changes import Record, State, plan_step, remembered
from orchestration.changes.state import Node

STEP = "conformed"


def node(
    name: str, *parents: str, kind: str = "model", how: str = "table", daily: bool = False
) -> Node:
    return Node(name, name, kind, how, STEP, parents, f"fqn:{name}", speaks_of_day=daily)


def nodes(*found: Node) -> dict[str, Node]:
    return {part.unique_id: part for part in found}


# two raw tables; what one of them supplies is a view, and two entities have a test together
WEB = nodes(
    node("a_seed", kind="seed", how="seed"),
    node("base_1", "raw_1", "a_seed"),
    node("base_2", "raw_2"),
    node("stg_1", "base_1", how="view"),
    node("map_1", "stg_1", how="ephemeral"),
    node("one", "map_1"),
    node("two", "base_2", "stg_1"),
    node("counts", "raw_1", "raw_2", how="view"),
    node("metrics", "counts", daily=True),
    node("mart", "one"),
    node("unique_one", "one", kind="test", how="test"),
    node("relationships", "one", "two", kind="test", how="test"),
    node("stg_is_unique", "stg_1", kind="test", how="test"),
)
BUILT = [name for name, part in WEB.items() if part.kind != "test" and part.is_built]
TESTS = [name for name, part in WEB.items() if part.kind == "test"]


@dataclass
class Company:
    """A warehouse in which a table's content is the text of what it was made of."""

    code: int = 1
    day: int = 1
    raw: dict[str, int] = field(default_factory=lambda: {"raw_1": 1, "raw_2": 1})
    records: dict[str, Record] = field(default_factory=dict)
    content: dict[str, str] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)
    runs: Iterator[int] = field(default_factory=count)

    @property
    def state(self) -> State:
        days = {name: self.day for name, part in WEB.items() if part.speaks_of_day}
        raw = {name: str(version) for name, version in self.raw.items()}
        return State(WEB, str(self.code), self.records, lambda: raw, days, date(2026, 1, self.day))

    def read(self, name: str) -> str:
        """What somebody sees who reads a table now."""
        if name in self.raw:
            return f"{name} {self.raw[name]}"
        part = WEB[name]
        if not part.passes_on:
            return self.content[name]
        return self.made(part, self.views.get(name, self.code))

    def made(self, part: Node, code: int) -> str:
        parents = " + ".join(self.read(parent) for parent in part.parents)
        return f"{part.name} {code} {self.day if part.speaks_of_day else ''} ({parents})"

    def build(self, name: str) -> None:
        part = WEB[name]
        if part.materialized == "view":
            self.views[name] = self.code
        elif part.kind != "test":
            self.content[name] = self.made(part, self.code)

    def forget(self, names: list[str]) -> None:
        """As the macro claim_built_tables does, before anything is built."""
        self.records = {name: found for name, found in self.records.items() if name not in names}

    def by_hand(self, names: list[str]) -> None:
        """Somebody's run with other vars comes to its end, and claims what it wrote."""
        for name in names:
            if WEB[name].passes_on:
                self.views[name] = -1
            else:
                self.content[name] = "by hand, with other vars"
        self.forget(names)

    def night(
        self, *failing: str, killed_after: int | None = None, overtaken: Sequence[str] = ()
    ) -> list[str]:
        """Builds what can have changed; returns what was built and tested.

        overtaken: what somebody's run, begun before, writes after it was built.
        """
        state = self.state
        plan = plan_step(state, STEP)
        self.forget([part.unique_id for part in plan.nodes])
        done: list[str] = []
        failed: set[str] = set()
        for part in sorted(plan.nodes, key=lambda part: [*WEB].index(part.unique_id)):
            if len(done) == killed_after:
                return done
            if part.unique_id in failing or failed & self.upstream(part.unique_id):
                failed.add(part.unique_id)
                continue
            self.build(part.unique_id)
            done.append(part.unique_id)
        self.by_hand([*overtaken])
        known = remembered(state, plan, done, f"run {next(self.runs)}")
        self.records |= {name: found for name, found in known.items() if name not in overtaken}
        return done

    def upstream(self, name: str) -> set[str]:
        if name in self.raw:
            return set()
        parents = WEB[name].parents
        return {*parents}.union(*(self.upstream(parent) for parent in parents))

    def is_whole(self) -> bool:
        """Whether all is as if it had been built now."""
        fresh = Company(self.code, self.day, self.raw)
        fresh.night()
        return all(self.read(name) == fresh.read(name) for name in BUILT)


@pytest.fixture
def company() -> Company:
    company = Company()
    assert [*company.night()] == [name for name in WEB if name in (*BUILT, *TESTS)]
    return company


def test_a_night_of_nothing_new_builds_nothing(company: Company) -> None:
    assert company.night() == []


def test_a_new_day_builds_what_says_something_of_it(company: Company) -> None:
    company.day += 1
    assert company.night() == ["metrics"]


def test_rows_build_what_is_downstream_and_its_tests_but_no_view(company: Company) -> None:
    company.raw["raw_2"] += 1
    assert company.night() == ["base_2", "two", "metrics", "relationships"]
    company.raw["raw_1"] += 1
    expected = ["base_1", "one", "two", "metrics", "mart"]
    assert company.night() == [*expected, *TESTS]


def test_code_builds_everything(company: Company) -> None:
    company.code += 1
    assert company.night() == [*BUILT, *TESTS]


def test_a_test_that_failed_is_run_again_until_it_passes(company: Company) -> None:
    company.raw["raw_2"] += 1
    company.night("relationships")
    assert company.night("relationships") == []
    assert company.night() == ["relationships"]
    assert company.night() == []


def test_what_was_built_by_hand_is_built_again_with_what_reads_it(company: Company) -> None:
    company.by_hand(["one"])
    assert company.night() == ["one", "mart", "unique_one", "relationships"]
    assert company.is_whole()


def test_what_nobody_knows_is_never_taken_for_known(company: Company) -> None:
    company.raw.pop("raw_1")
    assert company.state.version("stg_1") is not None, "its table is there"
    assert company.state.version("counts") is None
    assert company.state.versions("mart", "counts") is None
    plan = plan_step(company.state, STEP)
    assert "metrics" in [part.name for part in plan.build]
    found = remembered(company.state, plan, [part.unique_id for part in plan.nodes], "a run")
    assert not {"base_1", "metrics"} & found.keys()


names = st.sampled_from([*BUILT, *TESTS])
events = st.one_of(
    st.tuples(st.just("rows"), st.sampled_from(["raw_1", "raw_2"])),
    st.tuples(st.just("code")),
    st.tuples(st.just("day")),
    st.tuples(st.just("night"), st.lists(names, max_size=3)),
    st.tuples(st.just("killed"), st.integers(0, len(WEB))),
    st.tuples(st.just("by hand"), st.lists(st.sampled_from(BUILT), min_size=1, max_size=4)),
    st.tuples(st.just("overtaken"), st.lists(st.sampled_from(BUILT), min_size=1, max_size=4)),
)


@given(st.lists(events, max_size=12))
def test_after_whatever_happened_a_good_night_leaves_all_as_if_built_now(
    history: list[tuple[object, ...]],
) -> None:
    company = Company()
    for kind, *what in history:
        happen(company, str(kind), *what)
    company.night()
    assert company.is_whole()
    assert company.night() == []


def happen(company: Company, kind: str, what: object = None) -> None:
    if kind == "rows":
        company.raw[str(what)] += 1
    elif kind == "code":
        company.code += 1
    elif kind == "day":
        company.day += 1
    elif kind == "night":
        assert isinstance(what, list)
        company.night(*what)
    elif kind == "killed":
        assert isinstance(what, int)
        company.night(killed_after=what)
    elif kind == "by hand":
        assert isinstance(what, list)
        company.by_hand(what)
    else:
        assert isinstance(what, list)
        company.night(overtaken=what)


def test_a_record_is_of_what_it_was_made_of(company: Company) -> None:
    one = company.records["one"]
    assert one.built_by == company.records["mart"].built_by == "run 0"
    assert replace(company.state, project="another").inputs(WEB["one"]) != one.inputs
    assert by_name(company.state)["one"] == one.inputs


def by_name(state: State) -> Mapping[str, str | None]:
    return {name: state.inputs(part) for name, part in WEB.items()}
