"""servicenow: incidents of account holders and organisations, and what was measured about them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator.plan import row_numbers
from simulator.scene import Rows, Scene, owned_by
from simulator.systems.salesforce import work_email
from simulator.systems.service import Cases, rating, reopenings, solved_since, some_cases
from simulator.systems.spelling import email_for, in_another_case, typed_email
from simulator.text import (
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
    times,
    where,
    whole,
)
from simulator.truth import normalised_email
from simulator.world import account_number, organisation_account_number

_SUBJECTS = (
    "Cannot log in", "Invoice looks wrong", "Service is slow", "VPN drops every hour",
    "How do I export my data?",
    'Error "timeout" when saving', "Update of card details", "Feature request: dark mode 🌙",
    "App crashes on start",
)  # fmt: skip
_QUESTIONS = (
    "customer_effort_score",
    "ease_of_resolution",
    "was_it_difficult",
    "time_to_assign",
    "time_to_resolve",
)

_TO_ASSIGN = 3


def produce(scene: Scene) -> Iterator[Rows]:
    """Incidents, those of the batch before that are solved by now, measurements."""
    cases = scene.once("servicenow.cases", incidents)
    yield _incidents(scene, cases, np.arange(len(cases.party)), scene, replaces=False)
    if scene.before is not None:
        earlier = scene.before.once("servicenow.cases", incidents)
        solved = solved_since(scene, scene.rng("servicenow.solved"), earlier, 22)
        yield _incidents(scene.before, earlier, solved, scene, replaces=True)
    yield _measurements(scene, cases)


def incidents(scene: Scene) -> Cases:
    """What account holders (place in the chunk) and organisations (people + place) report."""
    people, companies = scene.people, scene.organisations
    rng = scene.rng("servicenow.cases")
    rate = np.concatenate(
        [np.where(people.account, 0.7, 0.004), 2.0 * np.minimum(companies.size, 6)]
    )
    since = np.concatenate([people.since, companies.since])
    held = np.concatenate([people.account, np.ones(companies.count, dtype=np.bool_)])
    counts = rng.poisson(rate * scene.batch.years)
    counts = scene.at_least(counts, held & (since < scene.batch.start))
    party = np.repeat(np.arange(len(rate)), counts)
    luck = np.concatenate([people.service_luck, companies.service_luck])
    return some_cases(scene, rng, party, luck[party], since[party])


@dataclass
class Callers:
    """Who reported each incident."""

    number: pa.Array
    email: pa.Array
    owner: Ints
    business: Bools


def callers(scene: Scene, party: Ints, purpose: str) -> Callers:
    """Account number, mailbox and owner of parties: people first, then organisations.

    An organisation's caller is one of its contacts.
    """
    people, companies = scene.people, scene.organisations
    rng = scene.rng(purpose)
    size = len(party)
    business = party >= people.count
    company = np.where(business, party - people.count, 0)
    person = np.where(business, 0, party)
    staff = np.flatnonzero(people.contact)
    staff = staff[np.argsort(people.organisation[staff], kind="stable")]
    employer = people.organisation[staff] - (companies.index[0] if companies.count else 0)
    begin = np.searchsorted(employer, company, side="left")
    end = np.searchsorted(employer, company, side="right")
    employed = business & (end > begin)
    chosen = begin + (rng.random(size) * (end - begin)).astype(np.int64)
    caller = staff[np.where(employed, chosen, 0)] if len(staff) else np.zeros(size, dtype=np.int64)
    private = email_for(rng, people, person, second=0.25, absent=0.15)
    at_work = keep(employed & chance(rng, size, 0.7), typed_email(rng, work_email(scene, caller)))
    has_number = business | people.account[person]
    company_index = companies.index[company] if companies.count else company
    number = where(
        business, organisation_account_number(company_index), account_number(people.index[person])
    )
    owner = np.where(business, owned_by(company_index), people.index[person])
    return Callers(keep(has_number, number), where(business, at_work, private), owner, business)


def _incidents(scene: Scene, cases: Cases, rows: Ints, now: Scene, *, replaces: bool) -> Rows:
    who = callers(scene, cases.party, "servicenow.callers")
    rng = now.rng("servicenow.solved.rows" if replaces else "servicenow.incidents")
    some, size = cases.take(rows), len(rows)
    number, email = pick(who.number, rows), pick(who.email, rows)
    if not replaces:
        by_email = join("servicenow:email:", normalised_email(email))
        scene.record(first_of(join("servicenow:", number), by_email), who.owner[rows])
    solved = some.resolved != NO_TIME
    state = np.where(solved, 3 + chance(rng, size, 0.6), choose(rng, size, (3, 4, 3)))
    serial = row_numbers(scene.batch, scene.chunk, len(cases.party))[rows]
    columns = {
        "sys_id": hexadecimal(serial, 41),
        "number": numbered(f"INC{scene.batch.number:02d}{scene.chunk.number:04d}", rows, 6),
        "account_number": number,
        "caller_email": email,
        "short_description": in_another_case(
            rng, pick(_SUBJECTS, choose(rng, size, (5, 4, 4, 2, 2, 2, 2, 1, 2)))
        ),
        "category": pick(("Billing", "Software", "Network", "Inquiry"), some.category),
        "priority": whole(some.urgency + 1),
        "state": pick(("New", "Open", "In Progress", "Resolved", "Closed"), state),
        "opened_at": times(some.opened),
        "resolved_at": times(some.resolved),
        "reassignment_count": whole(rng.poisson(np.clip(0.6 - 0.5 * some.quality, 0.05, 4))),
        "reopen_count": whole(reopenings(now.rng("servicenow.reopened"), some)),
    }
    loaded = now.loaded(rng, np.where(solved, some.resolved, some.opened))
    return Rows("servicenow.incident", columns, loaded, replaces=np.full(size, replaces))


def _measurements(scene: Scene, cases: Cases) -> Rows:
    """Durations of solved incidents, and what their callers answered about the effort."""
    rng = scene.rng("servicenow.measurements")
    who = callers(scene, cases.party, "servicenow.callers")
    known = who.number.is_valid().to_numpy(zero_copy_only=False)
    solved = np.flatnonzero((cases.resolved != NO_TIME) & known)
    rows = np.repeat(solved, choose(rng, len(solved), (2, 4, 3)))
    some, size = cases.take(rows), len(rows)
    question = choose(rng, size, (30, 20, 10, 20, 20))
    is_score = question < _TO_ASSIGN
    effort = 6 - rating(rng, some.quality, 5, 3.9, 1.2)
    ease = rating(rng, some.quality, 7, 5.2, 1.6)
    answer = where(question == 1, whole(ease), whole(effort))
    minutes = (some.resolved - some.opened) / 60 * np.where(question == _TO_ASSIGN, 0.1, 1.0)
    when = np.minimum(some.resolved + rng.integers(60, 7200, size), scene.batch.end - 1)
    columns = {
        "metric_id": hexadecimal(row_numbers(scene.batch, scene.chunk, size), 42),
        "question_businesskey": pick(_QUESTIONS, question),
        "customer_id": pick(who.number, rows),
        "duration_value": keep(
            ~is_score | chance(rng, size, 0.5), decimals(np.rint(minutes * 100).astype(np.int64), 2)
        ),
        "actual_value": keep(is_score, answer),
        "metric_date": times(when),
    }
    scene.record(join("servicenow:", columns["customer_id"]), who.owner[rows])
    return Rows("servicenow.metric_result", columns, scene.loaded(rng, when))
