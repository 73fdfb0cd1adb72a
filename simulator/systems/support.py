"""support: the help desk of the shop. Tickets and the conversations about them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.plan import row_numbers
from simulator.scene import NOBODY, RECORD, Rows, Scene, Signs
from simulator.systems.retail import customer_ids
from simulator.systems.service import (
    Cases,
    Versions,
    rating,
    reopenings,
    solved_since,
    some_cases,
    versions,
)
from simulator.systems.spelling import ROLES, email_for
from simulator.text import (
    HOUR,
    MINUTE,
    NO_TIME,
    Bools,
    Ints,
    chance,
    choose,
    decimals,
    first_of,
    hexadecimal,
    join,
    keep,
    numbered,
    pick,
    put,
    repeated,
    same,
    times,
    where,
    whole,
)
from simulator.truth import normalised_email
from simulator.world import person_ids

TICKETS_A_YEAR = 0.3
_BAD = -0.8
_PRIORITIES = ("URGENT", "HIGH", "MEDIUM", "LOW")
_NO_NUMBER = ("99999", "WALKIN")
_OPEN, _IN_PROGRESS, _RESOLVED, _CLOSED = range(4)


def produce(scene: Scene) -> Iterator[Rows]:
    """Tickets, those of the batch before that are solved by now, conversations."""
    cases = scene.once("support.cases", tickets)
    party = _asked_by(scene)
    every = np.arange(len(cases.party))
    reopened = reopenings(scene.rng("support.reopened"), cases)
    lived = versions(cases, reopened * (cases.opened >= scene.batch.start))
    yield _tickets(scene, cases, party, every, lived)
    if scene.before is not None:
        earlier = scene.before.once("support.cases", tickets)
        solved = solved_since(scene, scene.rng("support.solved"), earlier, 21)
        yield _tickets(scene.before, earlier, _asked_by(scene.before), solved, now=scene)
    yield _interactions(scene, cases, party)


def tickets(scene: Scene) -> Cases:
    """What customers, guests and visitors with a login ask for."""
    people = scene.people
    rng = scene.rng("support.cases")
    rate = np.where(people.retail, 1.0, np.where(people.login | people.guest, 0.3, 0.02))
    rate = rate * rng.gamma(0.6, 1 / 0.6, people.count) * TICKETS_A_YEAR * scene.batch.years
    known = people.retail & (people.since < scene.batch.start)
    who = np.repeat(np.arange(people.count), scene.at_least(rng.poisson(rate), known))
    return some_cases(scene, rng, who, people.service_luck[who], people.since[who])


def _asked_by(scene: Scene) -> tuple[pa.Array, pa.Array, Bools]:
    """Customer id and mailbox of each ticket, and whether they are nobody's in particular: those
    of a role alone, or a customer id that means nothing.
    """
    cases = scene.once("support.cases", tickets)
    rng = scene.rng("support.parties")
    size = len(cases.party)
    customer = keep(chance(rng, size, 0.85), customer_ids(scene, cases.party))
    email = email_for(rng, scene.people, cases.party, second=0.12, absent=0.1, hub=False)
    # One of the two writes for both.
    writer = scene.people.plays("silent_systems")[cases.party]
    head = scene.people.cast["silent_systems"][cases.party[writer]]
    email = put(email, writer, pick(scene.people.email, head))
    customer, meaningless = _without_number(scene, customer)
    nobody = ~customer.is_valid().to_numpy(zero_copy_only=False)
    role = chance(rng, size, np.where(nobody, 0.03, 0.012))
    box = join(pick(ROLES, rng.integers(0, len(ROLES), int(role.sum()))), "@example.net")
    return customer, put(email, role, box), (role & nobody) | meaningless


def _without_number(scene: Scene, customer: pa.Array) -> tuple[pa.Array, Bools]:
    """The same numbers, for some what an agent types who was told none, and for which."""
    rng = scene.rng("patterns.placeholder_ids")
    given = chance(rng, len(customer), scene.rate("placeholder_ids"))
    placeholders = pick(_NO_NUMBER, rng.integers(0, len(_NO_NUMBER), int(given.sum())))
    return put(customer, given, placeholders), given


def _ticket_ids(scene: Scene, row: Ints) -> pa.Array:
    return numbered(f"TCK-{scene.batch.number:02d}{scene.chunk.number:04d}", row, 6)


def _tickets(
    scene: Scene,
    cases: Cases,
    party: tuple[pa.Array, pa.Array, Bools],
    rows: Ints,
    lived: Versions | None = None,
    *,
    now: Scene | None = None,
) -> Rows:
    """Some tickets of a scene as they look now, and the versions before that.

    `now`: the scene one batch later, which writes them anew.
    """
    rng = (now or scene).rng("support.solved.rows" if now else "support.tickets")
    if not now:
        customer, email = pick(party[0], rows), pick(party[1], rows)
        owner = np.where(party[2][rows], NOBODY, scene.people.index[cases.party[rows]])
        keys = first_of(join("support:", customer), join("support:email:", normalised_email(email)))
        scene.record(keys, owner)
        meaningless = pc.is_in(customer, value_set=pa.array(_NO_NUMBER))
        callers = person_ids(scene.people.index[cases.party[rows]])
        scene.signs.append(
            Signs("placeholder_ids", callers.filter(meaningless), RECORD, keys.filter(meaningless))
        )
    some = cases.take(rows)
    heard = np.where(some.resolved != NO_TIME, some.resolved, some.opened)
    replaces = np.full(len(rows), now is not None)
    if lived is not None:
        replaces = np.concatenate([np.isin(rows, lived.row), ~lived.is_first])
        rows = np.concatenate([rows, lived.row])
        heard = np.concatenate([heard, lived.heard])
        resolved = np.concatenate([some.resolved, lived.resolved])
        some = replace(cases.take(rows), resolved=resolved)
    size = len(rows)
    solved = some.resolved != NO_TIME
    state = np.where(
        solved, _RESOLVED + chance(rng, size, 0.6), chance(rng, size, 0.4).astype(np.int64)
    )
    answer = rating(rng, some.quality, 5, 3.8, 1.1)
    columns = {
        "ticket_id": _ticket_ids(scene, rows),
        "customer_id": pick(party[0], rows),
        "requester_email": pick(party[1], rows),
        "status": pick(("OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED"), state),
        "priority": pick(_PRIORITIES, some.urgency),
        "category": pick(("BILLING", "TECHNICAL", "PRODUCT", "GENERAL"), some.category),
        "source": pick(("EMAIL", "WEB", "PHONE", "CHAT"), choose(rng, size, (4, 3, 2, 2))),
        "created_at": times(some.opened),
        "first_response_minutes": keep(
            solved | (state == _IN_PROGRESS),
            decimals((some.response_minutes * 10).astype(np.int64), 1),
        ),
        "resolved_at": times(some.resolved),
        "satisfaction": keep(solved & chance(rng, size, 0.4), whole(answer)),
    }
    loaded = (now or scene).loaded(rng, heard)
    if lived is not None:  # a version that came days late would be the latest
        is_former = np.arange(size) >= size - len(lived.row)
        loaded = np.where(is_former, np.minimum(loaded, heard + 12 * HOUR), loaded)
    return Rows("support.tickets", columns, loaded, replaces=replaces)


def _interactions(scene: Scene, cases: Cases, party: tuple[pa.Array, pa.Array, Bools]) -> Rows:
    rng = scene.rng("support.interactions")
    unhappy = (cases.quality < _BAD).astype(np.int64)
    parent, place = repeated(rng.geometric(0.55, len(cases.party)) + unhappy)
    size = len(parent)
    quality = cases.quality[parent]
    until = np.where(cases.resolved == NO_TIME, scene.batch.end - 1, cases.resolved)[parent]
    span = np.maximum(until - cases.opened[parent], MINUTE)
    when = cases.opened[parent] + (span * rng.random(size)).astype(np.int64)
    when = np.where(place == 0, cases.opened[parent] + MINUTE, when)
    when = np.minimum(when, scene.batch.end - 1)
    ticket = _ticket_ids(scene, parent)
    lost = chance(rng, size, 0.002)
    ticket = put(ticket, lost, same("TCK-LOST", int(lost.sum())))
    minutes = np.rint(rng.gamma(1.5, 9, size) * 10).astype(np.int64)
    columns = {
        "interaction_id": join(
            "int-", hexadecimal(row_numbers(scene.batch, scene.chunk, size), 31)
        ),
        "ticket_id": ticket,
        "customer_id": keep(~lost, pick(party[0], parent)),
        "interaction_type": pick(
            ("EMAIL", "PHONE", "CHAT", "SOCIAL", "IN_PERSON"), choose(rng, size, (45, 22, 22, 6, 5))
        ),
        "interaction_at": times(when),
        "agent_id": keep(chance(rng, size, 0.9), numbered("agent-", rng.integers(1, 60, size), 3)),
        "outcome": pick(
            (None, "SOLVED", "FOLLOW_UP", "ESCALATED"), choose(rng, size, (2, 5, 3, 1))
        ),
        "resolution_minutes": keep(chance(rng, size, 0.6), decimals(minutes, 1)),
        "satisfaction": keep(chance(rng, size, 0.12), whole(rating(rng, quality, 5, 3.8, 1.1))),
        "sentiment": keep(
            chance(rng, size, 0.5),
            decimals(
                (np.tanh(0.5 * quality + rng.normal(0, 0.3, size)) * 1000).astype(np.int64), 3
            ),
        ),
        "escalation_level": whole(np.minimum(place // 2 + unhappy[parent], 3)),
        "direction": keep(
            chance(rng, size, 0.8),
            where((place == 0) | chance(rng, size, 0.4), "INBOUND", "OUTBOUND"),
        ),
    }
    return Rows("support.interactions", columns, scene.loaded(rng, when))
