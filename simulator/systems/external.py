"""external: bought profiles and measured sentiment."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from simulator.plan import row_numbers
from simulator.scene import Rows, Scene
from simulator.systems.retail import customer_ids
from simulator.systems.service import experience
from simulator.systems.spelling import email_for
from simulator.systems.support import tickets
from simulator.text import (
    DAY,
    HOUR,
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

_AGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
_INTERESTS = (
    '["home", "garden"]', '["tech"]', '["travel", "food", "music"]', '["sport"]', "[]",
    '["art", "theatre", "café"]',
    '["toys", "family"]',
)  # fmt: skip


def produce(scene: Scene) -> Iterator[Rows]:
    """The rows of both tables."""
    yield _profiles(scene)
    yield _sentiment(scene)


def _numbers(scene: Scene, who: Ints) -> pa.Array:
    """The customer numbers of the profiles: the shop's, or where two numberings are, the sellers'.

    Those look alike, and some are another customer's in the shop.
    """
    theirs = customer_ids(scene, who)
    if not scene.rate("two_numberings"):
        return theirs
    apart = join("C", whole(10_000_000 + scene.people.index[who]))
    clashing = scene.people.plays("two_numberings")[who]
    another = customer_ids(scene, scene.people.cast["two_numberings"][who])
    return keep(scene.people.retail[who], where(clashing, another, apart))


def _profiles(scene: Scene) -> Rows:
    people = scene.people
    who, replaces = scene.written(people.external, 6)
    rng = scene.rng("external.profiles")
    size = len(who)
    age = (scene.batch.start - people.birth[who]) / (365.25 * DAY)
    identified = scene.lasting_chance("external.id", 0.85)[who]
    customer = keep(identified, _numbers(scene, who))
    # The same mailbox in every version: without a customer id it is what names the record.
    mailboxes = email_for(
        scene.lasting_rng("external.email"), people, np.arange(people.count), second=0.3
    )
    email = pick(mailboxes, who)
    named = customer.is_valid().to_numpy(zero_copy_only=False)
    email = keep(~named | chance(rng, size, 0.6) | (scene.rate("two_numberings") > 0), email)
    when = np.maximum(scene.some_times(rng, size), people.since[who])
    scene.record(
        first_of(join("external:", customer), join("external:email:", normalised_email(email))),
        people.index[who],
    )
    columns = {
        "profile_id": numbered("EXT", people.index[who], 8),
        "customer_id": customer,
        "email": email,
        "data_source": pick(("panel-a", "panel-b", "social-graph"), choose(rng, size, (5, 3, 2))),
        "age_range": pick(_AGES, np.searchsorted((25, 35, 45, 55, 65), age)),
        "gender": keep(chance(rng, size, 0.9), pick(("female", "male"), people.gender[who])),
        "education_level": pick(
            ("secondary", "bachelor", "master", None), choose(rng, size, (4, 3, 2, 1))
        ),
        "occupation": pick(
            ("office", "health", "teaching", "trade", "retired", None),
            choose(rng, size, (5, 2, 2, 3, 2, 1)),
        ),
        "income_range": pick(
            ("<25k", "25k-50k", "50k-100k", ">100k", None), choose(rng, size, (3, 4, 3, 1, 1))
        ),
        "interests": pick(_INTERESTS, rng.integers(0, len(_INTERESTS), size)),
        "social_activity": pick(("low", "medium", "high"), choose(rng, size, (5, 3, 2))),
        "influence_score": decimals((1000 * rng.beta(1.3, 6, size)).astype(np.int64), 1),
        "data_quality_score": decimals((100 * rng.beta(8, 2, size)).astype(np.int64), 2),
        "last_updated": times(when),
    }
    return Rows("external.profiles", columns, scene.loaded(rng, when), replaces=replaces)


def _sentiment(scene: Scene) -> Rows:
    people = scene.people
    rng = scene.rng("external.sentiment")
    followed = people.retail & people.external
    counts = rng.poisson(np.where(followed, 1.5, 0) * scene.batch.years)
    who = np.repeat(np.arange(people.count), scene.at_least(counts, followed))
    size = len(who)
    mood = (
        experience(people.count, scene.once("support.cases", tickets))[who]
        + people.service_luck[who]
    )
    score = np.tanh(0.2 + 0.5 * mood + rng.normal(0, 0.35, size))
    positive = rng.poisson(4 * (1 + score))
    negative = rng.poisson(3 * (1 - score))
    neutral = rng.poisson(2, size)
    when = scene.delayed(rng, scene.some_times(rng, size) // HOUR * HOUR)
    when = np.maximum(when, scene.batch.start - 4 * DAY)
    customer = _numbers(scene, who)
    scene.record(join("external:", customer), people.index[who])
    columns = {
        "sentiment_id": join("se-", hexadecimal(row_numbers(scene.batch, scene.chunk, size), 92)),
        "customer_id": customer,
        "data_source": pick(("social", "reviews", "calls"), choose(rng, size, (5, 3, 2))),
        "sentiment_date": times(when),
        "sentiment_type": pick(("brand", "product", "service"), rng.integers(0, 3, size)),
        "score": decimals(np.rint(1000 * score).astype(np.int64), 3),
        "magnitude": decimals((100 * rng.gamma(2, 0.6, size)).astype(np.int64), 2),
        "mention_count": whole(positive + negative + neutral),
        "positive": whole(positive),
        "negative": whole(negative),
        "neutral": whole(neutral),
    }
    return Rows("external.sentiment", columns, scene.loaded(rng, when))
