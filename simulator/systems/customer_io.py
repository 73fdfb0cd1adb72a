"""customer_io: the messaging platform. People, devices, deliveries and their metrics."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from simulator.plan import row_numbers
from simulator.scene import Rows, Scene
from simulator.systems.company import campaigns
from simulator.systems.marketing import campaign_ids
from simulator.systems.retail import customer_ids
from simulator.systems.spelling import email_for, phone_for
from simulator.systems.web import device_codes, device_ids
from simulator.text import (
    DAY,
    HOUR,
    MINUTE,
    Ints,
    chance,
    choose,
    hexadecimal,
    join,
    keep,
    later,
    pick,
    times,
    truth_values,
)

MESSAGES_A_YEAR = 5.0
_CHANNELS = ("email", "push", "sms", "in_app")
_METRICS = (
    "sent", "delivered", "opened", "clicked", "bounced", "dropped", "spammed", "unsubscribed",
    "converted", "failed",
)  # fmt: skip


def produce(scene: Scene) -> Iterator[Rows]:
    """The rows of all four tables."""
    yield _people(scene)
    yield _devices(scene)
    yield from _messages(scene)


def cio_ids(person: Ints) -> pa.Array:
    """Ids the platform gives."""
    return hexadecimal(person, 101)


def _since(scene: Scene) -> Ints:
    delay = scene.lasting_rng("customer_io.since").exponential(30, scene.people.count) * DAY
    last = scene.world.batches[scene.chunk.cohort - 1].end - 3 * HOUR
    since = scene.people.since
    return later(since, delay, last)


def _people(scene: Scene) -> Rows:
    people = scene.people
    who, replaces = scene.written(people.messaged, 7)
    rng = scene.rng("customer_io.people")
    size, since = len(who), _since(scene)[who]
    identified = scene.lasting_chance("customer_io.id", 0.85)[who]
    heard = np.where(replaces, scene.some_times(rng, size), since)
    plan = pick(("free", "club", "plus"), choose(rng, size, (6, 3, 1)))
    scene.record(join("customer_io:", cio_ids(people.index[who])), people.index[who])
    columns = {
        "cio_id": cio_ids(people.index[who]),
        "id": keep(identified, customer_ids(scene, who)),
        "email": email_for(rng, people, who, second=0.12, absent=0.05, hub=True),
        "phone": phone_for(rng, people, who, heard, absent=0.55),
        "created_at": times(since),
        "attributes": join('{"plan": "', plan, '", "newsletter": true, "tags": ["café", "vip"]}'),
        "suppressed": truth_values(chance(rng, size, 0.01)),
        "unsubscribed": truth_values(chance(rng, size, np.where(replaces, 0.3, 0.06))),
    }
    return Rows(
        "customer_io.people", columns, scene.loaded(rng, heard), people.index[who], replaces
    )


def _devices(scene: Scene) -> Rows:
    """The telephones of those with the app, the same the web shop sees; families share a few."""
    people = scene.people
    rng = scene.rng("customer_io.devices")
    has_app = people.messaged & scene.lasting_chance("customer_io.app", 0.35)
    who, replaces = scene.written(has_app, 8)
    size = len(who)
    code = device_codes(scene, who, np.ones(size, dtype=np.int64))
    elder = who - people.position[who]
    # Both are known on a shared telephone, so that nobody can take it for one person's.
    shares = (people.position[who] > 0) & has_app[elder]
    shares &= scene.lasting_chance("customer_io.shared", 0.1)[who]
    code = np.where(shares, device_codes(scene, elder, np.ones(size, dtype=np.int64)), code)
    used = np.maximum(scene.some_times(rng, size), _since(scene)[who])
    columns = {
        "device_id": device_ids(code),
        "cio_id": cio_ids(people.index[who]),
        "platform": pick(("ios", "android"), people.index[who] % 2),
        "last_used_at": times(used),
        "push_token": keep(
            chance(rng, size, 0.95), join("tok:", hexadecimal(code, 102), hexadecimal(code, 103))
        ),
    }
    return Rows("customer_io.devices", columns, scene.loaded(rng, used), replaces=replaces)


def _messages(scene: Scene) -> Iterator[Rows]:
    """Deliveries and their metrics."""
    people, batch = scene.people, scene.batch
    rng = scene.rng("customer_io.messages")
    rate = MESSAGES_A_YEAR * batch.years * rng.gamma(2, 0.5, people.count)
    counts = scene.at_least(rng.poisson(rate * people.messaged), people.messaged)
    who = np.repeat(np.arange(people.count), counts)
    size = len(who)
    created = np.maximum(
        scene.some_times(rng, size), np.minimum(_since(scene)[who], batch.end - 60)
    )
    created = scene.delayed(rng, created)
    channel = choose(rng, size, (70, 15, 8, 7))
    number = campaigns(scene.world, batch).number
    ids = join("dl-", hexadecimal(row_numbers(batch, scene.chunk, size), 104))
    columns = {
        "delivery_id": ids,
        "cio_id": cio_ids(people.index[who]),
        "channel": pick(_CHANNELS, channel),
        "campaign_id": keep(
            chance(rng, size, 0.9), campaign_ids(number[rng.integers(0, len(number), size)])
        ),
        "subject": keep(
            channel == 0,
            pick(
                ("Your order is on its way", "Rate your visit ⭐", "Your basket misses you"),
                rng.integers(0, 3, size),
            ),
        ),
        "created_at": times(created),
    }
    yield Rows("customer_io.deliveries", columns, scene.loaded(rng, created))
    yield _metrics(scene, ids, created)


def _metrics(scene: Scene, deliveries: pa.Array, created: Ints) -> Rows:
    rng = scene.rng("customer_io.metrics")
    size = len(created)
    fate = choose(rng, size, (955, 20, 15, 10))
    arrived, bounced, dropped, failed = (fate == kind for kind in range(4))
    opened = arrived & chance(rng, size, 0.34)
    clicked = opened & chance(rng, size, 0.25)
    stages = (
        (0, arrived | bounced, 0), (1, arrived, 1), (4, bounced, 2), (5, dropped, 1),
        (9, failed, 1),
        (2, opened, 200), (3, clicked, 210), (8, clicked & chance(rng, size, 0.1), 300),
        (7, opened & chance(rng, size, 0.01), 205), (6, opened & chance(rng, size, 0.002), 206),
    )  # fmt: skip
    patience = rng.exponential(1, size)
    parts = [(np.flatnonzero(mask), code, minutes) for code, mask, minutes in stages]
    row = np.concatenate([mine for mine, _, _ in parts])
    metric = np.concatenate([np.full(len(mine), code) for mine, code, _ in parts])
    delay = np.concatenate(
        [minutes * MINUTE * (0.05 + patience[mine]) for mine, _, minutes in parts]
    )
    when = created[row] + delay.astype(np.int64)
    kept = when < scene.batch.end
    row, metric, when = row[kept], metric[kept], when[kept]
    columns = {
        "event_id": join("me-", hexadecimal(row_numbers(scene.batch, scene.chunk, len(row)), 105)),
        "delivery_id": deliveries.take(pa.array(row)),
        "metric": pick(_METRICS, metric),
        "created_at": times(when),
        "link": keep(
            metric == _METRICS.index("clicked"),
            pick(("https://shop.example/sale", "https://shop.example/p/P0007?a=1&b=2"), row % 2),
        ),
    }
    return Rows("customer_io.metrics", columns, scene.loaded(rng, when))
