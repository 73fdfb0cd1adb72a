"""What is simulated: parameters, stretches of time, chunks of people, seeds.

A world is a list of batches. The first is the initial load (`days` days that end on `end`); every
append adds one that begins where the last one ended. Each batch brings people of its own (its
*cohort*), and every earlier cohort goes on living in it. People are made in chunks of `CHUNK`;
every
random draw comes from a generator seeded by (seed, batch, chunk, purpose), so a part can be made
again
at any time without what came before it, and the order of the work changes nothing.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from simulator.patterns import checked
from simulator.text import DAY, HOUR, Ints, Rng

CHUNK = 25_000
"""People made at once. Part of the world's definition: another number is another world."""
MAX_PEOPLE, MOST_PEOPLE = 3_000_000, 4_000_000
"""People of a new world, and after appends: ids and telephone numbers are unique up to here."""
MAX_DAYS = 36_500
YEAR_SECONDS = 365 * DAY
LOAD_GRACE = 6 * HOUR
"""Everything is loaded by the end of the last day and this much."""
NEW_PEOPLE_A_YEAR = 0.3
"""People an append brings, as a share of the first cohort, for a year of days."""


@dataclass(frozen=True)
class Batch:
    """One load: the initial one or an append. Times are epoch seconds, `end` is exclusive."""

    number: int
    start: int
    end: int
    first_person: int
    people: int
    first_chunk: int

    @property
    def years(self) -> float:
        """Length in years."""
        return (self.end - self.start) / YEAR_SECONDS

    @property
    def first_load(self) -> int:
        """Nothing of this batch is loaded before: an append comes after all that was there."""
        return 0 if self.number == 1 else self.start + LOAD_GRACE + 1

    @property
    def last_load(self) -> int:
        """Nothing of this batch is loaded after."""
        return self.end - 1 + LOAD_GRACE


@dataclass(frozen=True)
class Chunk:
    """Some people of one cohort."""

    number: int
    cohort: int
    first: int
    count: int


@dataclass(frozen=True)
class Parameters:
    """What the command line says; kept in `world.json`."""

    people: int
    days: int
    seed: int
    end: date
    format: str = "parquet"
    patterns: dict[str, float] = field(default_factory=dict)
    """Rates of patterns; those not named have their default."""

    def __post_init__(self) -> None:
        """Raises ValueError that says which parameter is wrong and what is allowed."""
        object.__setattr__(self, "patterns", checked(self.patterns))
        if not 1 <= self.people <= MAX_PEOPLE:
            raise ValueError(f"--people is {self.people}: a number from 1 to {MAX_PEOPLE:,}")
        if not 1 <= self.days <= MAX_DAYS:
            raise ValueError(f"--days is {self.days}: a number from 1 to {MAX_DAYS:,}")
        if self.seed < 0:
            raise ValueError(f"--seed is {self.seed}: zero or more")


@dataclass(frozen=True)
class World:
    """Parameters and the lengths of the appends so far."""

    parameters: Parameters
    appended_days: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError where an append is not possible."""
        if any(not 1 <= days <= MAX_DAYS for days in self.appended_days):
            raise ValueError(f"--append-days: a number from 1 to {MAX_DAYS:,}")
        last = self.batches[-1]
        if last.first_person + last.people > MOST_PEOPLE:
            raise ValueError(f"The world has grown to its limit of {MOST_PEOPLE:,} people")

    @property
    def last_day(self) -> date:
        """The day on which the last batch ends."""
        return self.parameters.end + timedelta(days=sum(self.appended_days))

    @cached_property
    def batches(self) -> tuple[Batch, ...]:
        """The initial load and every append, oldest first."""
        end = epoch(self.parameters.end + timedelta(days=1))
        start = end - self.parameters.days * DAY
        people = self.parameters.people
        batches = [Batch(1, start, end, 0, people, 0)]
        for days in self.appended_days:
            last = batches[-1]
            people = max(1, round(self.parameters.people * NEW_PEOPLE_A_YEAR * days / 365))
            batches.append(
                Batch(
                    number=last.number + 1,
                    start=last.end,
                    end=last.end + days * DAY,
                    first_person=last.first_person + last.people,
                    people=people,
                    first_chunk=last.first_chunk + -(-last.people // CHUNK),
                )
            )
        return tuple(batches)

    def chunks(self, up_to: Batch) -> Iterator[Chunk]:
        """All people who live in this batch, cohort by cohort."""
        for batch in self.batches[: up_to.number]:
            for offset in range(0, batch.people, CHUNK):
                yield Chunk(
                    number=batch.first_chunk + offset // CHUNK,
                    cohort=batch.number,
                    first=batch.first_person + offset,
                    count=min(CHUNK, batch.people - offset),
                )

    def rng(self, purpose: str, batch: int, chunk: int) -> Rng:
        """The generator of one purpose in one chunk of one batch."""
        key = zlib.crc32(purpose.encode())
        return np.random.default_rng([self.parameters.seed, batch, chunk, key])


def epoch(day: date) -> int:
    """Seconds since 1970 at the beginning of a day, UTC."""
    return (day - date(1970, 1, 1)).days * DAY


def row_numbers(batch: Batch, chunk: Chunk, size: int) -> Ints:
    """Numbers for the rows of one table that no other batch or chunk uses (62 bits)."""
    base = ((batch.number << 16) | chunk.number) << 32
    return np.arange(base, base + size, dtype=np.int64)
