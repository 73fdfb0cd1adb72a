"""cx_survey: what people and organisations answered when asked how it was."""

from collections.abc import Iterator

import numpy as np

from simulator.plan import row_numbers
from simulator.scene import Rows, Scene
from simulator.systems.purchases import COMPLETED, purchases
from simulator.systems.service import experience, rating
from simulator.systems.servicenow import callers, incidents
from simulator.systems.spelling import in_another_case
from simulator.systems.support import tickets
from simulator.text import (
    DAY,
    HOUR,
    NO_TIME,
    Floats,
    Ints,
    Rng,
    chance,
    choose,
    first_of,
    hexadecimal,
    join,
    keep,
    later,
    pick,
    times,
    where,
    whole,
)
from simulator.truth import normalised_email

NPS, CSAT, CES = range(3)
_PRAISE = (
    "Great service, thank you!",
    "Schnell und freundlich 👍",
    "Très bien",
    "All good.\nWill order again",
    "😀😀😀",
)
_COMPLAINTS = (
    "Waited far too long…", 'They said "tomorrow" three times', "Nobody answers the phone",
    "Lieferung kam nie an!",
    "Too expensive; not coming back", "Trop compliqué, j'ai dû appeler deux fois",
)  # fmt: skip


def produce(scene: Scene) -> Iterator[Rows]:
    """Answers: after incidents and tickets, after purchases, and to the regular round."""
    yield _responses(scene)


def _asked(scene: Scene, rng: Rng) -> tuple[Ints, Ints, Floats, Ints]:
    """Party (people, then organisations), time, what they lived through, kind of survey."""
    people, companies = scene.people, scene.organisations
    parties = people.count + companies.count
    reported = scene.once("servicenow.cases", incidents)
    asked_for = scene.once("support.cases", tickets)
    lived = experience(parties, reported, asked_for)
    lived += 0.4 * np.concatenate([people.service_luck, companies.service_luck])

    after = reported.take((reported.resolved != NO_TIME) & chance(rng, len(reported.party), 0.3))
    helped = asked_for.take(
        (asked_for.resolved != NO_TIME) & chance(rng, len(asked_for.party), 0.06)
    )
    bought = purchases(scene)
    shopped = np.flatnonzero(
        (bought.who >= 0) & (bought.status == COMPLETED) & people.survey[bought.who]
        & chance(rng, len(bought.who), 0.5)
    )  # fmt: skip
    holders = np.concatenate([people.account, np.zeros(companies.count, dtype=np.bool_)])
    rate = np.where(holders, 0.5, 0) + np.where(np.arange(parties) >= people.count, 1.5, 0)
    rounds = scene.at_least(rng.poisson(rate * scene.batch.years), holders)
    regular = np.repeat(np.arange(parties), rounds)
    party = np.concatenate([after.party, helped.party, bought.who[shopped], regular])
    base = np.concatenate([after.resolved, helped.resolved, bought.when[shopped] + 4 * DAY])
    when = np.concatenate([base, scene.some_times(rng, len(regular))])
    when = later(when, rng.integers(HOUR, DAY, len(when)), scene.batch.end - 1)
    quality = np.concatenate(
        [after.quality, helped.quality, lived[bought.who[shopped]], lived[regular]]
    )
    about_case = len(after.party) + len(helped.party)
    kind = np.concatenate([
        CSAT + chance(rng, about_case, 0.5).astype(np.int64),
        choose(rng, len(shopped), (5, 4, 1)),
        np.full(len(regular), NPS, dtype=np.int64),
    ])  # fmt: skip
    return party, when, quality, kind


def _responses(scene: Scene) -> Rows:
    rng = scene.rng("cx_survey.responses")
    party, when, quality, kind = _asked(scene, rng)
    who = callers(scene, party, "cx_survey.callers")
    reachable = who.number.is_valid().to_numpy(zero_copy_only=False)
    reachable |= who.email.is_valid().to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(reachable)
    party, when, quality, kind = party[rows], when[rows], quality[rows], kind[rows]
    number, email = pick(who.number, rows), pick(who.email, rows)
    size = len(rows)
    scene.record(
        first_of(join("cx_survey:", number), join("cx_survey:email:", normalised_email(email))),
        who.owner[rows],
    )
    score = np.clip(np.rint(8.1 + 2.2 * quality + rng.normal(0, 1.1, size)), 0, 10).astype(np.int64)
    also = chance(rng, size, 0.05)
    eases = chance(rng, size, 0.6)
    effort = 6 - rating(rng, quality, 5, 3.9, 1.2)
    is_effort = kind == CES
    words = where(
        quality < 0,
        pick(_COMPLAINTS, rng.integers(0, 6, size)),
        pick(_PRAISE, rng.integers(0, 5, size)),
    )
    columns = {
        "response_id": join("r-", hexadecimal(row_numbers(scene.batch, scene.chunk, size), 51)),
        "customer_id": number,
        "email": email,
        "survey_date": times(when),
        "survey_type": pick(("NPS", "CSAT", "CES"), kind),
        "nps_rating": keep((kind == NPS) | also, whole(score)),
        "csat_rating": keep((kind == CSAT) | also, whole(rating(rng, quality, 5, 4.0, 1.1))),
        "ces_rating": keep(
            is_effort, where(eases, whole(rating(rng, quality, 7, 5.2, 1.6)), whole(effort))
        ),
        "ces_version": keep(is_effort, where(eases, "ease_1_7", "effort_1_5")),
        "comments": keep(chance(rng, size, 0.3), in_another_case(rng, words, 0.08)),
        "channel": pick(("email", "web", "sms", "phone"), choose(rng, size, (6, 3, 1, 1))),
    }
    return Rows("cx_survey.survey_response", columns, scene.loaded(rng, when))
