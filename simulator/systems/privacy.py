"""privacy: the consent platform. Who agreed to what and when, and the requests of data subjects."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator.phones import INTERNATIONAL_STYLES, PLAIN, e164, written
from simulator.plan import row_numbers
from simulator.scene import Rows, Scene
from simulator.systems.retail import customer_ids
from simulator.systems.spelling import email_for
from simulator.text import (
    DAY,
    NO_TIME,
    Ints,
    Rng,
    chance,
    choose,
    first_of,
    hexadecimal,
    join,
    keep,
    numbered,
    pick,
    times,
    truth_values,
    where,
)
from simulator.truth import normalised_email
from simulator.world import account_number

_PURPOSES = ("email", "sms", "push", "tracking", "cookies", "sale")
_METHODS = ("banner", "preference_centre", "checkout", "call_centre", "import")
_REQUESTS = ("access", "erasure", "portability", "rectification", "opt_out_of_sale")
_RETAIL, _CRM, _EMAIL, _PHONE = range(4)
_BY_CUSTOMER_ID, _BY_PHONE_ALONE = 0.75, 0.07


def produce(scene: Scene) -> Iterator[Rows]:
    """The rows of both tables."""
    yield _consents(scene)
    yield _requests(scene)


@dataclass
class _Subjects:
    """How the platform names its people; a person is named in one way only."""

    customer: pa.Array
    email: pa.Array
    phone: pa.Array
    kind: Ints


def _named(scene: Scene, rng: Rng, who: Ints, when: Ints, *, crm: bool) -> _Subjects:
    """How people are named, and the records it makes; `crm` allows account numbers."""
    people, size = scene.people, len(who)
    draw = scene.lasting_rng("privacy.kind").random(people.count)[who]
    known = people.retail[who] & (draw < _BY_CUSTOMER_ID)
    by_account = people.account[who] & ~known & crm
    callable_only = draw > 1 - _BY_PHONE_ALONE
    kind = np.where(
        known, _RETAIL, np.where(by_account, _CRM, np.where(callable_only, _PHONE, _EMAIL))
    )
    quoted = where(kind == _RETAIL, customer_ids(scene, who), account_number(people.index[who]))
    customer = keep(kind <= _CRM, quoted)
    email = email_for(rng, people, who, second=0.2)
    email = keep((kind == _EMAIL) | ((kind <= _CRM) & chance(rng, size, 0.6)), email)
    style = np.where(
        kind == _PHONE, choose(rng, size, (6, 4)), choose(rng, size, INTERNATIONAL_STYLES)
    )
    has_phone = (kind == _PHONE) | chance(rng, size, 0.1)
    number = people.mobile_at(who, when)
    phone = keep(has_phone, written(people.country[who], number, style + PLAIN))
    by_phone = join("privacy:phone:", e164(people.country[who], number))
    by_email = join("privacy:email:", normalised_email(email))
    scene.record(first_of(join("privacy:", customer), by_email, by_phone), people.index[who])
    return _Subjects(customer, email, phone, kind)


def _consents(scene: Scene) -> Rows:
    """First answers, and later changes of mind."""
    people, batch = scene.people, scene.batch
    rng = scene.rng("privacy.consents")
    asks = scene.lasting_rng("privacy.asked").random(people.count)
    asked = asks < np.where(people.retail, 0.4, np.where(people.account | people.login, 0.2, 0.03))
    share = np.where(asked, 1.0 if scene.is_new else 0.35 * batch.years, 0.0)
    counts = scene.at_least(rng.poisson(1.9 * share), people.retail)
    first = np.repeat(np.arange(people.count), counts)
    purpose = choose(rng, len(first), (40, 15, 12, 13, 15, 5))
    changing = chance(rng, len(first), 0.22)
    who = np.concatenate([first, first[changing]])
    size = len(who)
    before = np.maximum(people.since[first], batch.start - 200 * DAY * scene.is_new)
    when = before + ((batch.end - 1 - before) * rng.random(len(first))).astype(np.int64)
    later = when + ((batch.end - 1 - when) * rng.random(len(first))).astype(np.int64)
    granted = chance(rng, len(first), 0.72)
    moment = np.concatenate([when, later[changing]])
    named = _named(scene, rng, who, moment, crm=True)
    columns = {
        "event_id": join("ce-", hexadecimal(row_numbers(batch, scene.chunk, size), 111)),
        "email": named.email,
        "phone": named.phone,
        "customer_id": named.customer,
        "source_system": pick(("retail", "salesforce", None, None), named.kind),
        "purpose": pick(_PURPOSES, np.concatenate([purpose, purpose[changing]])),
        "granted": truth_values(np.concatenate([granted, ~granted[changing]])),
        "occurred_at": times(moment),
        "method": pick(_METHODS, choose(rng, size, (5, 3, 2, 1, 1))),
        "policy_version": pick(("2023-1", "2024-2", "2025-1"), choose(rng, size, (2, 4, 4))),
    }
    return Rows("privacy.consent_events", columns, scene.loaded(rng, moment))


def _requests(scene: Scene) -> Rows:
    people, batch = scene.people, scene.batch
    rng = scene.rng("privacy.requests")
    rate = np.where(people.retail | people.login, 0.012, 0.002) * batch.years
    who = np.repeat(np.arange(people.count), scene.at_least(rng.poisson(rate), people.retail))
    size = len(who)
    when = scene.delayed(rng, np.maximum(scene.some_times(rng, size), people.since[who]))
    done = when + ((1 + rng.gamma(3, 5, size)) * DAY).astype(np.int64)
    named = _named(scene, rng, who, when, crm=False)
    columns = {
        "request_id": numbered(
            f"DSR-{batch.number:02d}{scene.chunk.number:04d}", np.arange(size), 5
        ),
        "request_type": pick(_REQUESTS, choose(rng, size, (40, 30, 8, 10, 12))),
        "email": named.email,
        "phone": named.phone,
        "customer_id": named.customer,
        "received_at": times(when),
        "due_at": times(when + 30 * DAY),
        "completed_at": times(np.where(done < batch.end, done, NO_TIME)),
    }
    return Rows("privacy.requests", columns, scene.loaded(rng, when))
