"""marketing: campaigns, what became of each message, preferences."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from simulator.plan import row_numbers
from simulator.scene import Rows, Scene
from simulator.systems.company import CAMPAIGN_EVERY, CAMPAIGN_LENGTH, CHANNELS, campaigns
from simulator.systems.retail import customer_ids
from simulator.systems.spelling import email_for
from simulator.text import (
    DAY,
    MINUTE,
    Bools,
    Floats,
    Ints,
    Rng,
    chance,
    choose,
    dates,
    decimals,
    first_of,
    hexadecimal,
    join,
    keep,
    money,
    numbered,
    pick,
    put,
    same,
    times,
    whole,
)
from simulator.truth import normalised_email

SENDS_A_YEAR = 4.6
_ACTIONS = (
    "SENT",
    "DELIVERED",
    "OPENED",
    "CLICKED",
    "BOUNCED",
    "UNSUBSCRIBED",
    "COMPLAINED",
    "CONVERTED",
)
SENT, DELIVERED, OPENED, CLICKED, BOUNCED, UNSUBSCRIBED, COMPLAINED, CONVERTED = range(8)
_EMAIL, _SMS = 0, 1
_SUBJECTS = (
    "A little something for you 🎁", "Last days of the sale", "Neu eingetroffen: Frühling",
    "Your points expire soon",
    "Pour vous : -20 %", 'The "cosy" edit', "We miss you",
)  # fmt: skip
_GOALS = ("ACQUISITION", "RETENTION", "WIN_BACK", "CROSS_SELL")


def produce(scene: Scene) -> Iterator[Rows]:
    """The rows of all three tables."""
    if scene.is_first:
        yield _campaigns(scene)
    yield _engagement(scene)
    yield _preferences(scene)


def campaign_ids(number: Ints) -> pa.Array:
    """Ids of campaigns."""
    return numbered("CMP-", number + 1, 5)


def _campaigns(scene: Scene) -> Rows:
    known = campaigns(scene.world, scene.batch)
    rng = scene.rng("marketing.campaigns")
    new = known.number[known.start >= scene.batch.start]
    size, start = len(new), known.start[new]
    budget = np.rint(np.exp(rng.normal(8, 0.7, size))).astype(np.int64) * 100
    season = pick(("Spring", "Summer", "Autumn", "Winter"), (start // DAY % 365) // 92)
    theme = pick(
        ("Home", "Garden", "Toys", "Fashion", "Electronics", "Beauty"), rng.integers(0, 6, size)
    )
    columns = {
        "campaign_id": campaign_ids(new),
        "campaign_name": join(season, " ", theme, " #", whole(new + 1)),
        "channel": pick(CHANNELS, known.channel[new]),
        "goal": pick(_GOALS, rng.integers(0, 4, size)),
        "start_date": dates(start),
        "end_date": dates(start + CAMPAIGN_LENGTH),
        "budget": money(budget),
        "cost": money(np.rint(budget * rng.uniform(0.5, 1.1, size)).astype(np.int64)),
    }
    return Rows("marketing.campaigns", columns, scene.loaded(rng, start))


def _sends(scene: Scene, rng: Rng) -> tuple[Ints, Ints, Ints, Ints]:
    """Person, campaign, channel and time of every message; none after somebody left."""
    people, batch = scene.people, scene.batch
    known = campaigns(scene.world, batch)
    rate = SENDS_A_YEAR * batch.years * rng.gamma(2, 0.5, people.count)
    known_before = people.subscriber & people.retail & (people.since < batch.start)
    counts = scene.at_least(rng.poisson(rate * people.subscriber), known_before)
    who = np.repeat(np.arange(people.count), counts)
    running = np.flatnonzero(known.start + CAMPAIGN_LENGTH > batch.start)
    which = running[rng.integers(0, len(running), len(who))]
    when = known.start[which] + (CAMPAIGN_EVERY * rng.random(len(who))).astype(np.int64)
    when = np.where(
        (when < batch.start) | (when >= batch.end), scene.some_times(rng, len(who)), when
    )
    when = scene.delayed(rng, when)
    met = when >= people.since[who]
    return who[met], which[met], known.channel[which[met]], when[met]


def _funnel(rng: Rng, interest: Floats, channel: Ints, when: Ints) -> tuple[Ints, Ints, Ints]:
    """What happened to each message: message, action, time."""
    size = len(when)
    bounced = chance(rng, size, 0.025)
    opened = ~bounced & chance(rng, size, np.where(channel == _EMAIL, 0.32, 0.22) * interest)
    clicked = opened & chance(rng, size, 0.25)
    stages = (
        (SENT, np.ones(size, dtype=np.bool_), 0.0), (BOUNCED, bounced, 1.0),
        (DELIVERED, ~bounced, 2.0),
        (OPENED, opened, 300.0), (CLICKED, clicked, 320.0),
        (CONVERTED, clicked & chance(rng, size, 0.12), 500.0),
        (UNSUBSCRIBED, opened & chance(rng, size, 0.012), 310.0),
        (COMPLAINED, opened & chance(rng, size, 0.002), 311.0),
    )  # fmt: skip
    message, action, moment = [], [], []
    patience = rng.exponential(1, size)
    for code, happens, minutes in stages:
        mine = np.flatnonzero(happens)
        message.append(mine)
        action.append(np.full(len(mine), code))
        moment.append(when[mine] + (minutes * MINUTE * (0.05 + patience[mine])).astype(np.int64))
    return np.concatenate(message), np.concatenate(action), np.concatenate(moment)


def _before_leaving(who: Ints, message: Ints, action: Ints, moment: Ints, when: Ints) -> Bools:
    """Events of messages sent before their reader unsubscribed."""
    left = np.full(int(who.max(initial=0)) + 1, np.iinfo(np.int64).max)
    leaving = action == UNSUBSCRIBED
    np.minimum.at(left, who[message[leaving]], moment[leaving])
    return when[message] < left[who[message]]


def _engagement(scene: Scene) -> Rows:
    people = scene.people
    rng = scene.rng("marketing.engagement")
    who, campaign, channel, sent = _sends(scene, rng)
    interest = scene.lasting_rng("marketing.interest").uniform(0.3, 1.7, people.count)
    message, action, moment = _funnel(rng, interest[who], channel, sent)
    kept = _before_leaving(who, message, action, moment, sent) & (moment < scene.batch.end)
    message, action, moment = message[kept], action[kept], moment[kept]
    size = len(message)
    customer = keep(chance(rng, len(who), 0.93), customer_ids(scene, who))
    email = email_for(rng, people, who, second=0.15)
    of_both = people.is_in("silent_systems")[who]
    email = put(email, of_both, pick(people.family_email, who[of_both]))
    named = customer.is_valid().to_numpy(zero_copy_only=False)
    email = keep(~named | (channel == _EMAIL), email)
    subject = keep(channel != _SMS, pick(_SUBJECTS, (campaign * 5) % len(_SUBJECTS)))
    bounced = action == BOUNCED
    seen = np.isin(action, (OPENED, CLICKED, CONVERTED))
    stray = chance(rng, size, 0.0015)
    campaign_id = put(
        campaign_ids(campaign).take(message), stray, same("CMP-OLD", int(stray.sum()))
    )
    columns = {
        "engagement_id": join("en-", hexadecimal(row_numbers(scene.batch, scene.chunk, size), 81)),
        "customer_id": customer.take(message),
        "email": email.take(message),
        "channel": pick(CHANNELS, channel[message]),
        "campaign_id": campaign_id,
        "message_subject": subject.take(message),
        "action": pick(_ACTIONS, action),
        "status": pick(
            ("SUCCESS", "FAILED", "BOUNCED"),
            np.where(bounced, 2, chance(rng, size, 0.004).astype(np.int64)),
        ),
        "engagement_date": times(moment),
        "device_type": keep(
            seen, pick(("mobile", "desktop", "tablet"), choose(rng, size, (6, 3, 1)))
        ),
    }
    by_email = join("marketing:email:", normalised_email(email))
    keys = first_of(join("marketing:", customer), by_email)
    used = np.unique(message)
    scene.record(keys.take(used), people.index[who[used]])
    return Rows("marketing.engagement_events", columns, scene.loaded(rng, moment))


def _preferences(scene: Scene) -> Rows:
    people = scene.people
    rng = scene.rng("marketing.preferences")
    stating = people.retail & people.subscriber
    each = rng.poisson(
        np.where(stating, 0.7, 0) * (1.0 if scene.is_new else min(1.0, 3 * scene.batch.years))
    )
    who = np.repeat(np.arange(people.count), scene.at_least(each, stating))
    size = len(who)
    kind = choose(rng, size, (3, 2, 2, 3))
    value = choose(rng, size, (1, 1, 1))
    values = (
        "EMAIL", "SMS", "NO_CALLS", "Candle", "Lamp", "Scarf", "Fernhill", "Kestrel", "Old Pier",
        "Garden", "Toys", "Home & Living",
    )  # fmt: skip
    when = np.maximum(people.since[who], scene.some_times(rng, size))
    customer = customer_ids(scene, who)
    scene.record(join("marketing:", customer), people.index[who])
    columns = {
        "preference_id": join("pr-", hexadecimal(row_numbers(scene.batch, scene.chunk, size), 82)),
        "customer_id": customer,
        "preference_type": pick(("COMMUNICATION", "PRODUCT", "BRAND", "CATEGORY"), kind),
        "preference_value": pick(values, kind * 3 + value),
        "preference_strength": decimals(rng.integers(0, 101, size), 2),
        "preference_source": pick(
            ("EXPLICIT", "IMPLICIT", "INFERRED"), choose(rng, size, (5, 3, 2))
        ),
        "preference_date": times(when),
        "preference_status": pick(("ACTIVE", "EXPIRED"), choose(rng, size, (9, 1))),
    }
    return Rows("marketing.preferences", columns, scene.loaded(rng, when))
