"""Help asked for and how it went: behind servicenow, support and the answers to surveys."""

from dataclasses import dataclass

import numpy as np

from simulator.scene import Scene
from simulator.text import (
    DAY,
    HOUR,
    MINUTE,
    NO_TIME,
    Bools,
    Floats,
    Ints,
    Rng,
    chance,
    choose,
    repeated,
)
from simulator.world import in_turn

URGENCY_HOURS = (4.0, 9.0, 26.0, 60.0)
"""Median time to a solution, the most urgent first."""
REOPENED_AFTER = 4 * DAY
"""Cases of less are not reopened, so that a late copy of one version is not the latest of all."""


@dataclass
class Cases:
    """Requests for help. `party`: who asks; `quality`: near 0, bad below -1."""

    party: Ints
    urgency: Ints
    opened: Ints
    response_minutes: Floats
    resolved: Ints
    quality: Floats
    category: Ints

    def take(self, rows: Ints | Bools) -> "Cases":
        """Some of the cases."""
        return Cases(*(column[rows] for column in vars(self).values()))


def some_cases(scene: Scene, rng: Rng, party: Ints, luck: Floats, since: Ints) -> Cases:
    """Cases of these parties within the batch, none before the party was known (`since`).

    Those not solved by the end of the batch have no time of solution.
    """
    size = len(party)
    urgency = choose(rng, size, (6, 16, 48, 30))
    opened = scene.delayed(rng, scene.some_times(rng, size))
    quality = luck + rng.normal(0, 0.8, size)
    hours = np.array(URGENCY_HOURS)[urgency] * np.exp(-0.9 * quality + rng.normal(0, 0.4, size))
    resolved = opened + np.maximum(5 * MINUTE, hours * HOUR).astype(np.int64)
    cases = Cases(
        party=party,
        urgency=urgency,
        opened=opened,
        response_minutes=np.round(hours * 60 * rng.uniform(0.02, 0.3, size), 1),
        resolved=np.where(resolved < scene.batch.end, resolved, NO_TIME),
        quality=quality,
        category=choose(rng, size, (25, 30, 25, 20)),
    )
    return cases.take(opened >= since)


def solved_since(scene: Scene, rng: Rng, cases: Cases, salt: int) -> Ints:
    """Rows of the cases left open by the batch before that are solved in this one."""
    open_rows = np.flatnonzero(cases.resolved == NO_TIME)
    solved = open_rows[~in_turn(open_rows, scene.batch.number, 8, salt)]
    span = min(3 * DAY, scene.batch.end - scene.batch.start)
    cases.resolved[solved] = scene.batch.start + rng.integers(HOUR, span, len(solved))
    return solved


@dataclass
class Versions:
    """What the rows of some cases said one after another, but for what they say at last.

    `row`: place of the case; `resolved`: NO_TIME where it was open again; `heard`: when that came
    about; `is_first`: nothing was written of the case before.
    """

    row: Ints
    resolved: Ints
    heard: Ints
    is_first: Bools


def reopenings(rng: Rng, cases: Cases) -> Ints:
    """How often each case was opened again before it was solved at last; only long ones are."""
    wait = np.where(cases.resolved == NO_TIME, 0, cases.resolved - cases.opened)
    unhappy = chance(rng, len(wait), np.where(cases.quality < 0, 0.4, 0.15))
    twice = chance(rng, len(wait), 0.4) & (wait >= 2 * REOPENED_AFTER)
    return ((wait >= REOPENED_AFTER) & unhappy) * (1 + twice.astype(np.int64))


def versions(cases: Cases, reopened: Ints) -> Versions:
    """The resolutions that did not last, and the reopenings, evenly over the life of each case."""
    row, place = repeated(2 * reopened)
    wait = cases.resolved[row] - cases.opened[row]
    heard = cases.opened[row] + wait * (place + 1) // (2 * reopened[row] + 1)
    return Versions(row, np.where(place % 2 == 0, heard, NO_TIME), heard, place == 0)


def rating(rng: Rng, quality: Floats, top: int, centre: float, slope: float) -> Ints:
    """A whole answer from 1 to `top`, higher for better quality."""
    answer = np.rint(centre + slope * quality + rng.normal(0, 0.55, len(quality)))
    return np.clip(answer, 1, top).astype(np.int64)


def experience(parties: int, *groups: Cases) -> Floats:
    """Mean quality of each party's cases; zero where there was none."""
    party = np.concatenate([group.party for group in groups])
    quality = np.concatenate([group.quality for group in groups])
    count = np.bincount(party, minlength=parties)
    return np.bincount(party, quality, parties) / np.maximum(count, 1)
