"""Who buys what and when: the one truth behind retail, the web shop and surveys after a purchase.

Repeat buying is a BG/NBD process: each customer buys at a rate of his own (gamma distributed) and
after each purchase may be gone for good with a probability of his own (beta distributed). It runs
in trading time, which passes faster before Christmas and on Saturdays. Both draws belong to the
customer, and the process has no memory, so a later batch takes it up where the one before left it.
"""

from dataclasses import dataclass

import numpy as np

from simulator.scene import Scene
from simulator.systems.company import Products, products
from simulator.text import DAY, HOUR, Bools, Floats, Ints, Rng, chance, choose, later, repeated
from simulator.words import CURRENCIES, UNITS_PER_POUND

YEARLY_RATE = 2.6
_RATE_SHAPE = 0.7
_DROP_OUT = (0.9, 8.0)
_BUYS_AT_REGISTRATION = 0.85
_MONTHS = (0.85, 0.8, 0.9, 0.95, 1.0, 0.95, 0.9, 0.85, 1.0, 1.1, 1.5, 1.75)
_WEEKDAYS = (0.85, 0.85, 0.9, 1.0, 1.15, 1.35, 0.9)
CHANNELS = ("POS", "ECOMMERCE", "MOBILE", "SOCIAL", "PHONE")
POS, ECOMMERCE, MOBILE, SOCIAL, PHONE = range(5)
COMPLETED, FAILED, CANCELLED, PENDING = range(4)
_MOST_ITEMS = 12
_FEWEST = 8
"""Sales to nobody known that any world begins with."""
_TAX = (0.2, 0.07, 0.19, 0.2)
_HOME_CURRENCY = (0, 1, 2, 2)
_JPY = CURRENCIES.index("JPY")


@dataclass
class Basket:
    """The lines of some purchases: amounts in hundredths of their currency."""

    parent: Ints
    place: Ints
    product: Ints
    quantity: Ints
    price: Ints
    discount: Ints

    @property
    def total(self) -> Ints:
        """Quantity times price of each line."""
        return self.quantity * self.price


@dataclass
class Purchases:
    """One entry a purchase. `who` is the person in the chunk, -1 where nobody is known."""

    who: Ints
    registered: Bools
    second: Bools
    when: Ints
    channel: Ints
    status: Ints
    currency: Ints
    lines: Basket
    discount: Ints
    tax: Ints
    shipping: Ints
    total: Ints

    @property
    def online(self) -> Bools:
        """Made in the web shop or the app."""
        return (self.channel == ECOMMERCE) | (self.channel == MOBILE)


@dataclass
class _Calendar:
    """Trading time of a batch: `clock[k]` trading days have passed after k days."""

    start: int
    clock: Floats

    @classmethod
    def of(cls, start: int, end: int) -> "_Calendar":
        days = np.arange(start // DAY, end // DAY)
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
        pace = np.array(_MONTHS)[months] * np.array(_WEEKDAYS)[(days + 3) % 7]
        return cls(start, np.concatenate([[0.0], np.cumsum(pace)]))

    def trading(self, when: Ints) -> Floats:
        """Trading days between the beginning and a time."""
        return np.interp((when - self.start) / DAY, np.arange(len(self.clock)), self.clock)

    def days(self, trading: Floats) -> Ints:
        """The day, from the beginning, on which so many trading days have passed."""
        day = np.interp(trading, self.clock, np.arange(len(self.clock)))
        return np.minimum(day.astype(np.int64), len(self.clock) - 2)


def registered_since(scene: Scene) -> Ints:
    """When each person registered as a retail customer (told for those who did).

    Who uses a mailbox with another does at once: what is seen of him before is taken for the other.
    """
    people = scene.people
    rng = scene.lasting_rng("retail.since")
    delay = np.where(people.shares_mailbox, 0, rng.exponential(40, people.count) * DAY)
    last = scene.world.batches[scene.chunk.cohort - 1].end - HOUR
    return later(people.since, delay, last)


def has_second_account(scene: Scene) -> Bools:
    """Who registered a second time."""
    return scene.people.retail & scene.lasting_chance("retail.second", 0.03)


def second_since(scene: Scene) -> Ints:
    """When they did."""
    last = scene.world.batches[scene.chunk.cohort - 1].end - HOUR
    return later(registered_since(scene), np.full(scene.people.count, 90 * DAY), last)


def _process(scene: Scene) -> tuple[Bools, Ints, Ints]:
    """Who is still a customer after the batch; who bought in it, and when."""
    people, batch = scene.people, scene.batch
    lasting = scene.lasting_rng("retail.rates")
    rate = lasting.gamma(_RATE_SHAPE, YEARLY_RATE / _RATE_SHAPE / 365, people.count)
    drop_out = lasting.beta(*_DROP_OUT, people.count)
    rng = scene.rng("retail.purchases")
    calendar = _Calendar.of(batch.start, batch.end)
    since = registered_since(scene)
    before = scene.before_knowing("retail.process", _process)
    if before is None:
        alive = people.retail.copy()
        fresh = alive & (since >= batch.start) & chance(rng, people.count, _BUYS_AT_REGISTRATION)
    else:
        alive = before.once("retail.process", _process)[0].copy()
        fresh = np.zeros(people.count, dtype=np.bool_)
    moment = calendar.trading(np.maximum(since, batch.start))
    waiting = rng.exponential(1, people.count) / np.maximum(rate, 1e-9)
    moment += np.where(fresh, 0.0, waiting)
    buyers, moments = [], []
    buying = np.flatnonzero(alive & (moment < calendar.clock[-1]))
    while len(buying):
        buyers.append(buying)
        moments.append(moment[buying])
        gone = chance(rng, len(buying), drop_out[buying])
        alive[buying[gone]] = False
        buying = buying[~gone]
        moment[buying] += rng.exponential(1, len(buying)) / np.maximum(rate[buying], 1e-9)
        buying = buying[moment[buying] < calendar.clock[-1]]
    who = np.concatenate([*buyers, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    day = calendar.days(np.concatenate([*moments, np.zeros(0)]))
    when = batch.start + day * DAY + _time_of_day(rng, len(who))
    return alive, who, np.clip(when, np.minimum(since[who], batch.end - 1), batch.end - 1)


def _time_of_day(rng: Rng, size: int) -> Ints:
    """Seconds into the day: daytime, most in the afternoon."""
    return (HOUR * (7 + 15.9 * rng.beta(2.2, 2.0, size))).astype(np.int64)


def _buyers(scene: Scene) -> tuple[Ints, Bools, Ints]:
    """Person (-1: nobody known), whether registered, time: customers, guests and passers-by."""
    people, batch = scene.people, scene.batch
    _, who, when = scene.once("retail.process", _process)
    rng = scene.rng("retail.others")
    guests = np.repeat(
        np.flatnonzero(people.guest), rng.poisson(1.1 * batch.years, int(people.guest.sum()))
    )
    passing = rng.poisson(0.1 * people.retail.sum() * YEARLY_RATE * batch.years)
    passing = max(passing, _FEWEST if scene.is_first and batch.number == 1 else 0)
    everyone = np.concatenate([who, guests, np.full(passing, -1, dtype=np.int64)])
    others = len(everyone) - len(who)
    day = rng.integers(0, (batch.end - batch.start) // DAY, others)
    other_times = batch.start + day * DAY + _time_of_day(rng, others)
    registered = np.arange(len(everyone)) < len(who)
    when = scene.delayed(rng, np.concatenate([when, other_times]))
    return everyone, registered, when


def purchases(scene: Scene) -> Purchases:
    """All purchases of the chunk in the batch."""
    return scene.once("retail.all", _purchases)


def _purchases(scene: Scene) -> Purchases:
    people, goods = scene.people, products(scene.world)
    who, registered, when = _buyers(scene)
    rng = scene.rng("retail.baskets")
    size = len(who)
    online = np.where(who < 0, 0.0, people.online[who])
    by_net = chance(rng, size, online) | ((who >= 0) & ~registered)
    channel = np.where(
        by_net, np.where(chance(rng, size, 0.3), MOBILE, ECOMMERCE),
        np.array([POS, SOCIAL, PHONE])[choose(rng, size, (0.88, 0.07, 0.05))],
    )  # fmt: skip
    channel = np.where(who < 0, POS, channel)
    country = np.where(who < 0, choose(rng, size, (5, 3, 1, 1)), people.country[who])
    currency = np.array(_HOME_CURRENCY)[country]
    currency = np.where(chance(rng, size, 0.015), 3 + choose(rng, size, (3, 2, 2, 2, 1)), currency)
    lines = _lines(scene, rng, goods, who, currency)
    gross = np.bincount(lines.parent, lines.total, size).astype(np.int64)
    discount = np.bincount(lines.parent, lines.discount, size).astype(np.int64)
    tax = np.rint((gross - discount) * np.array(_TAX)[country]).astype(np.int64)
    shipping = np.where(by_net, np.array([0, 395, 495, 895])[choose(rng, size, (4, 3, 2, 1))], 0)
    status = choose(rng, size, (0.955, 0.02, 0.015, 0.01))
    again = (who >= 0) & has_second_account(scene)[who] & (when >= second_since(scene)[who])
    switch = again & chance(rng, size, 0.5)
    return Purchases(
        who, registered, switch & registered, when, channel, status, currency, lines,
        discount, tax, shipping, gross - discount + tax + shipping,
    )  # fmt: skip


def _lines(scene: Scene, rng: Rng, goods: Products, who: Ints, currency: Ints) -> Basket:
    """What is in the baskets; each customer has a taste: the cheap end or the dear one."""
    taste = scene.lasting_rng("retail.taste").normal(0.5, 0.22, scene.people.count)
    count = 1 + np.minimum(rng.geometric(0.42, len(who)) - 1, _MOST_ITEMS - 1)
    parent, place = repeated(count)
    wanted = np.where(who < 0, 0.5, taste[who])[parent] + rng.normal(0, 0.25, len(parent))
    range_ = len(goods.price)
    product = np.clip((wanted * range_).astype(np.int64), 0, range_ - 1)
    popular = np.cumsum(goods.demand)
    hit = np.searchsorted(popular, rng.random(len(parent)) * popular[-1])
    product = np.where(chance(rng, len(parent), 0.3), np.minimum(hit, range_ - 1), product)
    price = np.rint(goods.price[product] * np.array(UNITS_PER_POUND)[currency[parent]])
    price = np.where(currency[parent] == _JPY, np.rint(price / 100) * 100, price).astype(np.int64)
    quantity = np.where(
        chance(rng, len(parent), 0.25), 1 + rng.geometric(0.35, len(parent)), 1
    ).astype(np.int64)
    cut = np.where(chance(rng, len(who), 0.18), 0.05 * (1 + choose(rng, len(who), (4, 3, 1, 2))), 0)
    discount = np.rint(quantity * price * cut[parent]).astype(np.int64)
    return Basket(parent, place, product, quantity, price, discount)
