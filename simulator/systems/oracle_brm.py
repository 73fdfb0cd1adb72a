"""oracle_brm: billing. Subscriptions with upgrades and churn, invoices and payments, usage."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator import words
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
_ACTIVE, _CANCELLED, _SUSPENDED, _TRIAL = range(4)
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


def produce(scene: Scene) -> Iterator[Rows]:
    """The rows of all three tables."""
    held = scene.once("oracle_brm.subscriptions", subscriptions)
    yield _subscriptions(scene, held)
    yield _billing(scene, held)
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


def _subscriptions(scene: Scene, held: Subscriptions) -> Rows:
    """Those that began in the batch (the first: all by its end), and those whose end came in it."""
    batch = scene.batch
    rng = scene.rng("oracle_brm.subscription")
    before = 0 if scene.is_new else batch.start
    began = (held.start >= before) & (held.start < batch.end)
    ended = (held.end >= batch.start) & (held.end < batch.end)
    again = ~began & ended & ~np.full(len(began), scene.is_new) & (held.start < batch.end)
    rows = np.flatnonzero(began | again)
    held = Subscriptions(*(column[rows] for column in vars(held).values()))
    size, over = len(rows), held.end < batch.end
    number, owner = _number(scene, held.party)
    scene.record(join("oracle_brm:", number), owner)
    fresh = ~over & (batch.end - held.start < 14 * DAY) & chance(rng, size, 0.3)
    state = np.where(
        over,
        _CANCELLED,
        np.where(fresh, _TRIAL, np.where(chance(rng, size, 0.03), _SUSPENDED, _ACTIVE)),
    )
    period = np.array(_CYCLE_MONTHS)[held.cycle] * MONTH
    renewal = held.start + ((batch.end - held.start) // period + 1) * period
    names, codes, _, _ = zip(*_PLANS, strict=True)
    columns = {
        "subscription_id": _subscription_ids(scene, held.number),
        "customer_id": number,
        "product_name": pick(names, held.plan),
        "product_sku": pick(codes, held.plan),
        "status": pick(("Active", "Cancelled", "Suspended", "Trial"), state),
        "start_date": dates(held.start),
        "end_date": dates(np.where(over, held.end, NO_TIME)),
        "mrr": money(_price(held)),
        "currency": pick(words.CURRENCIES, held.currency),
        "billing_cycle": pick(_CYCLES, held.cycle),
        "renewal_date": dates(np.where(over, NO_TIME, renewal)),
    }
    heard = np.where(over, held.end, held.start)
    return Rows("oracle_brm.subscription", columns, scene.loaded(rng, heard), replaces=again[rows])


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


def _billing(scene: Scene, held: Subscriptions) -> Rows:
    """Invoices, what was paid for them, and the exceptions."""
    rng = scene.rng("oracle_brm.billing")
    months = np.array(_CYCLE_MONTHS)[held.cycle]
    row, when = _active_periods(scene, held, months * MONTH)
    amount = (_price(held) * months)[row]
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
    sign = np.where((kind == ADJUSTMENT) & chance(rng, len(kind), 0.5), -1, 1)
    moment = np.where(
        kind == INVOICE,
        when[source],
        np.where(kind == PAYMENT, paid_at[source], when[source] + DAY),
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
