"""One chunk of people in one batch: what a system needs to know to write its rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

import numpy as np
import pyarrow as pa

from simulator.plan import Batch, Chunk, World
from simulator.text import DAY, MINUTE, NO_TIME, Bools, Floats, Ints, Rng, chance, choose
from simulator.world import Organisations, People, in_turn, make_organisations, make_people

RECORD = "record"
NOBODY = -1
"""Owner of a record that is nobody's in particular: a shared browser, a role mailbox."""
_LATE_LOAD = 0.008
_LATE_EVENT = 0.03
_CHANGED_A_YEAR = 1.5
"""How often a record of an entity changes, in appends."""
_MOST_CHANGED, _FEWEST_CHANGED = 1 / 12, 1 / 60
_FEWEST = 16
_Value = TypeVar("_Value")


def owned_by(organisation: Ints) -> Ints:
    """Owner codes of organisations; a person's is the person's number."""
    return -2 - organisation


@dataclass
class Rows:
    """Good rows of one table: text columns by name, and when each row was loaded.

    `owner` only where the row key makes a party record. `replaces`: rows that are a later version
    of one that was written before. `repaired`: a column, and the rows in which its value is invalid
    (nothing else is wrong with them).
    """

    table: str
    columns: dict[str, pa.Array]
    loaded_at: Ints
    owner: Ints | None = None
    replaces: Bools | None = None
    repaired: tuple[str, Bools] | None = None


@dataclass
class Records:
    """Party records: keys and owners, repeats allowed."""

    keys: pa.Array
    owners: Ints


@dataclass
class Signs:
    """What shows a pattern: in each case an identifier that records carry, or a record by its key.

    kind: the type of the identifier, or RECORD.
    """

    pattern: str
    cases: pa.Array
    kind: str
    values: pa.Array


@dataclass
class Scene:
    """The people of a chunk as they live through one batch."""

    world: World
    batch: Batch
    chunk: Chunk
    people: People
    organisations: Organisations
    records: list[Records] = field(default_factory=list)
    recurring: list[pa.Table] = field(default_factory=list)
    signs: list[Signs] = field(default_factory=list)
    _memory: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, batch: Batch, chunk: Chunk) -> "Scene":
        """The scene of a chunk in a batch."""
        people, organisations = make_people(world, chunk), make_organisations(world, chunk)
        return cls(world, batch, chunk, people, organisations)

    @property
    def is_new(self) -> bool:
        """Whether this batch is the first that sees these people."""
        return self.chunk.cohort == self.batch.number

    @property
    def is_first(self) -> bool:
        """Whether this is the place for what exists once for all: shops, products, campaigns."""
        return self.chunk.number == 0

    @cached_property
    def before(self) -> "Scene | None":
        """The same people one batch earlier."""
        if self.is_new:
            return None
        earlier = self.world.batches[self.batch.number - 2]
        return Scene(self.world, earlier, self.chunk, self.people, self.organisations)

    def rng(self, purpose: str) -> Rng:
        """The generator for one purpose."""
        return self.world.rng(purpose, self.batch.number, self.chunk.number)

    def lasting_rng(self, purpose: str) -> Rng:
        """A generator that is the same in every batch: for what stays true of these people."""
        return self.world.rng(purpose, self.chunk.cohort, self.chunk.number)

    def lasting_chance(self, purpose: str, share: float | Floats) -> Bools:
        """Of everybody, who is of some kind, for good: this share of the people."""
        return chance(self.lasting_rng(purpose), self.people.count, share)

    def once(self, name: str, make: Callable[["Scene"], _Value]) -> _Value:
        """`make(self)`, the first time only: one system's doings that another must know."""
        if name not in self._memory:
            self._memory[name] = make(self)
        return cast(_Value, self._memory[name])

    def before_knowing(self, name: str, make: Callable[["Scene"], _Value]) -> "Scene | None":
        """The scene one batch earlier, with `make` done for it and all before it, oldest first.

        So a process that goes on from batch to batch never calls itself once for each of them.
        """
        waiting, earlier = [], self.before
        while earlier is not None and name not in earlier._memory:
            waiting.append(earlier)
            earlier = earlier.before
        for scene in reversed(waiting):
            scene.once(name, make)
        return self.before

    def another(self, table: str) -> int:
        """How many times this was asked about the table: 0, 1, … (a table may come in parts)."""
        count = cast(int, self._memory.get(f"parts of {table}", 0))
        self._memory[f"parts of {table}"] = count + 1
        return count

    def record(self, keys: pa.Array, owners: Ints) -> None:
        """Says that accepted rows make these party records."""
        self.records.append(Records(keys, owners))

    def rate(self, pattern: str) -> float:
        """How often a pattern occurs."""
        return self.world.parameters.patterns[pattern]

    def written(self, members: Bools, salt: int) -> tuple[Ints, Bools]:
        """Which of `members` get a row of an entity now, and which of those rows replace an older
        one.

        New people get their first row; of the others a few, in turn, get a changed one.
        """
        if self.is_new:
            chosen = np.flatnonzero(members)
            return chosen, np.zeros(len(chosen), dtype=np.bool_)
        share = min(_MOST_CHANGED, max(_FEWEST_CHANGED, _CHANGED_A_YEAR * self.batch.years))
        turn = in_turn(np.arange(len(members)), self.batch.number, round(1 / share), salt)
        chosen = np.flatnonzero(members & turn)
        return chosen, np.ones(len(chosen), dtype=np.bool_)

    def at_least(self, counts: Ints, eligible: Bools) -> Ints:
        """Counts of something, raised so that the beginning of a world has some of it to spoil.

        However small the world or short its days, a few of the `eligible` get one.
        """
        if not self.is_first or self.batch.number > 1 or counts[eligible].sum() >= _FEWEST:
            return counts
        idle = np.flatnonzero(eligible & (counts == 0))[:_FEWEST]
        raised = counts.copy()
        raised[idle] = 1
        return raised

    def some_times(self, rng: Rng, size: int) -> Ints:
        """Times within the batch."""
        return rng.integers(self.batch.start, self.batch.end, size)

    def delayed(self, rng: Rng, when: Ints) -> Ints:
        """The same events, some of an append moved to before it: they come late."""
        if self.is_new:
            return when
        late = chance(rng, len(when), _LATE_EVENT)
        earlier = self.batch.start - rng.integers(MINUTE, 4 * DAY, len(when))
        return np.where(late, earlier, when)

    def loaded(self, rng: Rng, when: Ints) -> Ints:
        """When rows of these event times were loaded: minutes to hours later, a few days."""
        size = len(when)
        delay = (2 * MINUTE + rng.exponential(45 * MINUTE, size)).astype(np.int64)
        days = DAY * (1 + choose(rng, size, (5, 3, 2, 1, 1)))
        loaded = when + delay + np.where(chance(rng, size, _LATE_LOAD), days, 0)
        return self.within_load(rng, np.where(when == NO_TIME, self.batch.start, loaded))

    def within_load(self, rng: Rng, loaded: Ints) -> Ints:
        """Load times inside what the batch allows; the rest within an hour of its edge."""
        spread = rng.integers(0, 60 * MINUTE, len(loaded))
        first = np.int64(self.batch.first_load)
        if self.batch.number > 1:
            loaded = np.where(loaded < first, first + spread, loaded)
        last = np.int64(self.batch.last_load)
        return np.where(loaded > last, last - spread, loaded)
