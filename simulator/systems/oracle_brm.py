"""oracle_brm: billing. Subscriptions that grow, shrink and end, invoices and payments, usage."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator import truth, words
from simulator.plan import row_numbers
from simulator.scene import Rows, Scene, owned_by
from simulator.systems.salesforce import account_since
from simulator.text import (
    DAY,
    HOUR,
    NO_TIME,
    Ints,
    chance,
    choose,
    dates,
    decimals,
    hexadecimal,
    join,
    keep,
    money,
    numbered,
    pick,
    repeated,
    times,
    where,
)
from simulator.world import account_number, organisation_account_number

_PLANS = (
    ("Hearth Club", "CLUB-1", 599, "orders"), ("Hearth Club Plus", "CLUB-2", 1199, "orders"),
    ("Care Plan", "CARE-1", 899, "calls"), ("Care Plan Family", "CARE-2", 1699, "calls"),
    ("Workspace Starter", "WORK-1", 2900, "seats"), ("Workspace Business", "WORK-2", 7900, "seats"),
    ("API Platform", "API-1", 9900, "requests"), ("API Platform Scale", "API-2", 29900, "requests"),
)  # fmt: skip
"""Name, code, price a month, unit of usage. Every even plan upgrades to the next one."""
_CYCLES = ("Monthly", "Quarterly", "Annual")
_CYCLE_MONTHS = (1, 3, 12)
MONTH = 30 * DAY
_STATES = ("Active", "Cancelled", "Suspended", "Trial")
_ACTIVE, _CANCELLED, _SUSPENDED, _TRIAL = range(4)
_CHANGES = np.array([(100, 100), (150, 150), (150, 200), (60, 60)])
_CHANGE_WEIGHTS = (70, 12, 6, 12)
"""How a price goes on, in hundredths: as it is, more seats once, more seats twice, fewer."""
TYPES = ("invoice", "payment", "refund", "credit", "charge", "adjustment")
INVOICE, PAYMENT, REFUND, CREDIT, CHARGE, ADJUSTMENT = range(6)


@dataclass
class Subscriptions:
    """One entry a subscription ever held; `party` is a person's place, then an organisation's."""

    party: Ints
    plan: Ints
    start: Ints
    end: Ints
    seats: Ints
    cycle: Ints
    currency: Ints
    number: Ints

    def of(self, rows: Ints) -> "Subscriptions":
        """Some of them, each as often as it is named."""
        return Subscriptions(*(column[rows] for column in vars(self).values()))


@dataclass
class Versions:
    """One entry a version of a subscription (its place), by subscription and `since`.

    `end`: the end that is known by then. `until`: when the next version, or the end, takes over.
    """

    place: Ints
    since: Ints
    state: Ints
    price: Ints
    end: Ints
    until: Ints

    @property
    def monthly(self) -> Ints:
        """What it brings a month, in hundredths of the currency, while the version holds."""
        return np.where((self.state == _ACTIVE) | (self.state == _CANCELLED), self.price, 0)


def produce(scene: Scene) -> Iterator[Rows]:
    """The rows of all three tables."""
    held = scene.once("oracle_brm.subscriptions", subscriptions)
    lived = versions(scene, held)
    _tell_truth(scene, held, lived)
    yield _subscriptions(scene, held, lived)
    yield _billing(scene, held, lived)
    yield _usage(scene, held)


def _number(scene: Scene, party: Ints) -> tuple[pa.Array, Ints]:
    """Account number and owner of parties."""
    people, companies = scene.people, scene.organisations
    business = party >= people.count
    person = people.index[np.where(business, 0, party)]
    company = party - people.count + (companies.index[0] if companies.count else 0)
    company = np.where(business, company, 0)
    number = where(business, organisation_account_number(company), account_number(person))
    return number, np.where(business, owned_by(company), person)


def subscriptions(scene: Scene) -> Subscriptions:
    """All subscriptions of the chunk's people and organisations, as their whole life will be.

    They are drawn once for a cohort: `end` lies where it will lie, also after the batch.
    """
    people, companies = scene.people, scene.organisations
    rng = scene.lasting_rng("oracle_brm.subscriptions")
    opened = np.concatenate([account_since(scene), companies.since])
    business = np.arange(len(opened)) >= people.count
    has = np.concatenate([people.account, np.ones(companies.count, dtype=np.bool_)])
    first = np.flatnonzero(has & chance(rng, len(has), np.where(business, 0.95, 0.8)))
    extra = first[chance(rng, len(first), 0.15)]
    party = np.concatenate([first, extra])
    size = len(party)
    is_company = business[party]
    plan = 2 * choose(rng, size, (1, 1)) + np.where(is_company, 4, 0)
    start = opened[party] + rng.integers(0, 5 * DAY, size)
    start = np.where(
        np.arange(size) >= len(first), start + rng.integers(30 * DAY, 400 * DAY, size), start
    )
    life = (rng.exponential(np.where(is_company, 1500, 800), size) * DAY).astype(np.int64) + MONTH
    upgrades = chance(rng, size, 0.25) & (life > 6 * MONTH)
    switch = start + (life * rng.uniform(0.2, 0.7, size)).astype(np.int64)
    size_of = companies.size[party[is_company] - people.count]
    seats = np.ones(size, dtype=np.int64)
    seats[is_company] = 1 + np.minimum(size_of * 3, 400).astype(np.int64)
    country = np.concatenate([people.country, companies.place.country])[party]
    currency = np.array([0, 1, 2, 2])[country]
    cycle = choose(rng, size, (7, 1, 2))
    finish = start + life
    upgraded = np.flatnonzero(upgrades)
    both = np.concatenate([np.arange(size), upgraded])
    is_upgrade = np.arange(len(both)) >= size
    return Subscriptions(
        party=party[both],
        plan=plan[both] + is_upgrade,
        start=np.where(is_upgrade, switch[both], start[both]),
        end=np.where(~is_upgrade & upgrades[both], switch[both], finish[both]),
        seats=seats[both] * np.where(is_upgrade, 2 - ~is_company[both], 1),
        cycle=cycle[both],
        currency=currency[both],
        number=np.arange(len(both)),
    )


def _price(held: Subscriptions) -> Ints:
    """Monthly price in hundredths of the currency."""
    monthly = np.array([plan[2] for plan in _PLANS])[held.plan] * held.seats
    return np.rint(monthly * np.array(words.UNITS_PER_POUND)[held.currency]).astype(np.int64)


def versions(scene: Scene, held: Subscriptions) -> Versions:
    """The versions of all subscriptions, as their whole life will be.

    Some begin as a trial and are paid from the second week on; some grow, once or twice, or shrink;
    some pause for a month. Half of the ends are known for a while before they come.
    """
    rng = scene.lasting_rng("oracle_brm.versions")
    size, life = len(held.start), held.end - held.start
    every, price = np.arange(size), _price(held)
    trial = chance(rng, size, 0.15) & (life > 3 * MONTH)
    course = np.where(life > 6 * MONTH, choose(rng, size, _CHANGE_WEIGHTS), 0)
    then, at_last = (np.rint(price * _CHANGES[course, n] / 100).astype(np.int64) for n in (0, 1))
    changed = held.start + (life * rng.uniform(0.3, 0.5, size)).astype(np.int64)
    again = held.start + (life * rng.uniform(0.55, 0.8, size)).astype(np.int64)
    pauses = (course == 0) & (life > 12 * MONTH) & chance(rng, size, 0.05)
    notice = np.where(chance(rng, size, 0.5), np.minimum(life // 5, 60 * DAY), 0)
    happens = (
        (_ACTIVE, ~trial, held.start, price),
        (_TRIAL, trial, held.start, price),
        (_ACTIVE, trial, held.start + 14 * DAY, price),
        (_ACTIVE, then != price, changed, then),
        (_ACTIVE, at_last != then, again, at_last),
        (_SUSPENDED, pauses, changed, price),
        (_ACTIVE, pauses, changed + MONTH, price),
        (_CANCELLED, life > 0, held.end - notice, at_last),
    )
    state = np.concatenate([np.full(rows.sum(), state) for state, rows, _, _ in happens])
    place = np.concatenate([every[rows] for _, rows, _, _ in happens])
    since = np.concatenate([when[rows] for _, rows, when, _ in happens])
    at = np.concatenate([amount[rows] for _, rows, _, amount in happens])
    order = np.lexsort((since, place))
    place, since, state, at = place[order], since[order], state[order], at[order]
    follows = np.append(place[1:] == place[:-1], False)
    until = np.where(follows, np.append(since[1:], 0), held.end[place])
    end = np.where(state == _CANCELLED, held.end[place], NO_TIME)
    return Versions(place, since, state, at, end, until)


def _subscriptions(scene: Scene, held: Subscriptions, lived: Versions) -> Rows:
    """The versions made in the batch (the first batch: all by its end).

    What was before a world's first day came with the first load.
    """
    batch = scene.batch
    rng = scene.rng("oracle_brm.subscription")
    before = 0 if scene.is_new else batch.start
    rows = np.flatnonzero((lived.since >= before) & (lived.since < batch.end))
    place, since, state, end = (
        column[rows] for column in (lived.place, lived.since, lived.state, lived.end)
    )
    first = np.append(True, lived.place[1:] != lived.place[:-1])[rows]
    held = held.of(place)
    number, owner = _number(scene, held.party)
    scene.record(join("oracle_brm:", number), owner)
    period = np.array(_CYCLE_MONTHS)[held.cycle] * MONTH
    renewal = held.start + ((batch.end - held.start) // period + 1) * period
    names, codes, _, _ = zip(*_PLANS, strict=True)
    columns = {
        "subscription_id": _subscription_ids(scene, held.number),
        "customer_id": number,
        "product_name": pick(names, held.plan),
        "product_sku": pick(codes, held.plan),
        "status": pick(_STATES, state),
        "start_date": dates(held.start),
        "end_date": dates(end),
        "mrr": money(lived.price[rows]),
        "currency": pick(words.CURRENCIES, held.currency),
        "billing_cycle": pick(_CYCLES, held.cycle),
        "renewal_date": dates(np.where(state == _CANCELLED, NO_TIME, renewal)),
        "last_modified_date": times(since),
    }
    loaded = scene.loaded(rng, np.maximum(since, batch.start))
    return Rows("oracle_brm.subscription", columns, loaded, replaces=~first)


def _tell_truth(scene: Scene, held: Subscriptions, lived: Versions) -> None:
    """Says what each subscription brings a month, from a day until another."""
    paid = (lived.monthly > 0) & (lived.since < scene.batch.end)
    rows = np.flatnonzero(paid & (lived.since // DAY < lived.until // DAY))
    held = held.of(lived.place[rows])
    number, _ = _number(scene, held.party)
    scene.recurring.append(
        truth.recurring(
            _subscription_ids(scene, held.number),
            join("oracle_brm:", number),
            lived.since[rows],
            lived.until[rows],
            pick(words.CURRENCIES, held.currency),
            lived.monthly[rows],
        )
    )


def _subscription_ids(scene: Scene, number: Ints) -> pa.Array:
    return numbered(f"SUB-{scene.chunk.number:05d}", number, 6)


def _active_periods(scene: Scene, held: Subscriptions, period: Ints) -> tuple[Ints, Ints]:
    """The beginnings of periods inside the batch: subscription, time."""
    low = np.maximum(held.start, scene.batch.start)
    high = np.minimum(held.end, scene.batch.end)
    first = -((held.start - low) // period)
    last = -((held.start - high) // period)
    live = high > low
    row, place = repeated(scene.at_least(np.where(live, np.maximum(last - first, 0), 0), live))
    return row, np.minimum(held.start[row] + (first[row] + place) * period[row], high[row] - 1)


def _billing(scene: Scene, held: Subscriptions, lived: Versions) -> Rows:
    """Invoices, what was paid for them, and the exceptions."""
    rng = scene.rng("oracle_brm.billing")
    months = np.array(_CYCLE_MONTHS)[held.cycle]
    row, when = _active_periods(scene, held, months * MONTH)
    amount = months[row] * _monthly_at(lived, row, when)
    billed = amount > 0
    row, when, amount = row[billed], when[billed], amount[billed]
    size = len(row)
    paid_at = when + (rng.gamma(2, 3, size) * DAY).astype(np.int64) + HOUR
    luck = chance(rng, size, 0.05)
    follow = np.flatnonzero(paid_at < scene.batch.end)
    odd = np.flatnonzero(chance(rng, size, 0.04) & (when + DAY < scene.batch.end))
    source = np.concatenate([np.arange(size), follow, odd])
    kind = np.concatenate([
        np.full(size, INVOICE), np.full(len(follow), PAYMENT),
        2 + choose(rng, len(odd), (3, 3, 2, 2)),
    ])  # fmt: skip
    part = np.where(kind <= PAYMENT, 1.0, rng.choice([0.1, 0.25, 0.5], len(kind)))
    later = rng.integers(DAY, 5 * MONTH, len(kind))
    later = np.where(when[source] + later < scene.batch.end, later, DAY)
    sign = np.where((kind == ADJUSTMENT) & chance(rng, len(kind), 0.5), -1, 1)
    moment = np.where(
        kind == INVOICE,
        when[source],
        np.where(kind == PAYMENT, paid_at[source], when[source] + later),
    )
    failed = (kind == PAYMENT) & luck[source]
    paid = np.full(size, NO_TIME)
    paid[follow] = np.where(luck[follow], NO_TIME, paid_at[follow])
    state = np.where(
        kind == INVOICE, 1, np.where(failed, 3, choose(rng, len(kind), (94, 3, 2, 0, 1)))
    )
    party = held.party[row][source]
    number, owner = _number(scene, party)
    scene.record(join("oracle_brm:", number), owner)
    columns = {
        "transaction_id": join(
            "bt-", hexadecimal(row_numbers(scene.batch, scene.chunk, len(source)), 61)
        ),
        "customer_id": number,
        "transaction_date": times(moment),
        "transaction_type": pick(TYPES, kind),
        "amount": money(sign * np.rint(amount[source] * part).astype(np.int64)),
        "currency": pick(words.CURRENCIES, held.currency[row][source]),
        "status": pick(("completed", "posted", "pending", "failed", "reversed"), state),
        "due_date": keep(kind == INVOICE, dates(when[source] + 14 * DAY)),
        "paid_date": keep(kind == INVOICE, dates(paid[source])),
    }
    return Rows("oracle_brm.billing_transaction", columns, scene.loaded(rng, moment))


def _monthly_at(lived: Versions, place: Ints, when: Ints) -> Ints:
    """What subscriptions bring a month at some times."""
    beginning = (lived.place << 40) + lived.since
    return lived.monthly[np.searchsorted(beginning, (place << 40) + when, side="right") - 1]


def _usage(scene: Scene, held: Subscriptions) -> Rows:
    """What was used each month, shrinking in the last months before the end."""
    rng = scene.rng("oracle_brm.usage")
    row, when = _active_periods(scene, held, np.full(len(held.party), MONTH))
    size = len(row)
    habit = scene.lasting_rng("oracle_brm.habit").gamma(1.5, 12, len(held.party)) * held.seats
    left = np.clip((held.end[row] - when) / (6 * MONTH), 0.15, 1)
    quantity = np.rint(100 * habit[row] * left * rng.gamma(6, 1 / 6, size)).astype(np.int64)
    number, owner = _number(scene, held.party[row])
    scene.record(join("oracle_brm:", number), owner)
    _, codes, _, units = zip(*_PLANS, strict=True)
    columns = {
        "usage_id": join("us-", hexadecimal(row_numbers(scene.batch, scene.chunk, size), 62)),
        "customer_id": number,
        "product_sku": pick(codes, held.plan[row]),
        "usage_date": dates(when),
        "quantity": decimals(quantity, 2),
        "unit": pick(units, held.plan[row]),
    }
    return Rows("oracle_brm.usage", columns, scene.loaded(rng, when))
