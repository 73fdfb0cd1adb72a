"""retail: shops, web shop and app. Customers, transactions and their lines, products, shops."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator import words
from simulator.patterns import birth_in_the_shop
from simulator.phones import ANY_STYLE, written
from simulator.scene import Rows, Scene
from simulator.systems.company import STORES, products
from simulator.systems.purchases import (
    CHANNELS,
    COMPLETED,
    POS,
    Purchases,
    has_second_account,
    purchases,
    registered_since,
    second_since,
)
from simulator.systems.spelling import email_for, given_name, last_name, misspelt, street_for
from simulator.text import (
    DAY,
    NO_TIME,
    Bools,
    Ints,
    Rng,
    chance,
    choose,
    dates,
    join,
    keep,
    money,
    numbered,
    pick,
    put,
    same,
    times,
    truth_values,
    where,
    whole,
)
from simulator.world import People, loyalty_id, second_loyalty_id

TYPES = ("PURCHASE", "RETURN", "REFUND", "EXCHANGE")
PURCHASE, RETURN, REFUND, EXCHANGE = range(4)
STATUSES = ("COMPLETED", "FAILED", "CANCELLED", "PENDING")
TIERS = ("BRONZE", "SILVER", "GOLD", "PLATINUM")
_PAYMENTS = ("CARD", "CASH", "PAYPAL", "GIFT_CARD", "BANK_TRANSFER")
_CARDS = ("VISA", "MASTERCARD", "AMEX")
_REASONS = (
    "Too small",
    "Damaged on arrival",
    "Changed my mind",
    "Wrong item",
    "Doesn't match the photo 🙁",
)
_REGIONS = ("South", "North", "West", "East")
_UNREGISTERED = 0.012
NO_STORE = -1


def produce(scene: Scene) -> Iterator[Rows]:
    """The rows of all five tables."""
    if scene.is_first:
        yield _products(scene)
        if scene.batch.number == 1:
            yield _stores(scene)
    for rows in (_customers(scene, second=False), _customers(scene, second=True)):
        if rows is not None:
            yield rows
    yield from _transactions(scene)


def customer_ids(scene: Scene, who: Ints) -> pa.Array:
    """Retail customer id of people of the chunk; null for -1 and for who is not one."""
    known = (who >= 0) & scene.people.retail[who]
    return keep(known, loyalty_id(scene.people.index[who]))


def _customers(scene: Scene, *, second: bool) -> Rows | None:
    """Registered customers; with `second`, the other registration of those who have two."""
    people = scene.people
    members = has_second_account(scene) if second else people.retail & ~forgotten(scene)
    who, replaces = scene.written(members, 2 if second else 1)
    if second and not len(who):
        return None
    rng = scene.rng("retail.customers.second" if second else "retail.customers")
    size = len(who)
    since = (second_since(scene) if second else registered_since(scene))[who]
    seen = np.maximum(since, scene.some_times(rng, size))
    seen = np.where(replaces | chance(rng, size, 0.8), seen, NO_TIME)
    changed = np.where(seen == NO_TIME, since, seen)
    home = people.home_of(who, changed)
    phone = np.where(replaces, people.new_mobile[who], people.mobile_at(who, since))
    phone = np.where(chance(rng, size, 0.2), people.landline[who], phone)
    ids = second_loyalty_id(people.index[who]) if second else loyalty_id(people.index[who])
    scene.record(join("retail:", ids), people.index[who])
    spent = np.exp(rng.normal(5, 1.3, size)).astype(np.int64) + np.where(replaces, 500, 0)
    tier = np.searchsorted((200, 900, 3000), spent)
    birth, told = birth_in_the_shop(people, who)
    typos = people.plays("typos")[who]
    if second:
        birth, told, typos = people.birth[who], np.zeros_like(told), np.zeros_like(typos)
    columns = {
        "customer_id": ids,
        "first_name": put(given_name(rng, people, who), typos, misspelt(people, who[typos])),
        "last_name": last_name(rng, people, who, changed),
        "email_address": _mailboxes(rng, people, who),
        "phone_number": keep(
            chance(rng, size, 0.85), written(home.country, phone, choose(rng, size, ANY_STYLE))
        ),
        "date_of_birth": keep(chance(rng, size, 0.6) | told, dates(birth)),
        "gender": pick(
            ("F", "M", "female", "male"), people.gender[who] + 2 * chance(rng, size, 0.1)
        ),
        "address_line_1": keep(chance(rng, size, 0.9), street_for(rng, home)),
        "city": home.city_name(),
        "state_code": home.state(),
        "zip_code": home.postcode(),
        "country_code": home.country_code(),
        "loyalty_tier": pick(TIERS, tier),
        "loyalty_points": whole(spent),
        "registration_date": times(since),
        "last_login_date": times(seen),
        "customer_status": pick(("ACTIVE", "INACTIVE", "BLOCKED"), choose(rng, size, (85, 14, 1))),
        "preferred_channel": pick(CHANNELS, choose(rng, size, (5, 3, 2, 0, 0))),
        "preferred_store": pick(_store_ids(), rng.integers(0, STORES, size)),
    }
    return Rows(
        "retail.customers",
        columns,
        scene.loaded(rng, changed),
        people.index[who],
        replaces,
        ("date_of_birth", people.plays("placeholder_dates")[who] & (not second)),
    )


def _mailboxes(rng: Rng, people: People, who: Ints) -> pa.Array:
    """What customers gave; who shares a mailbox gave that one."""
    email = email_for(rng, people, who, second=0.1, plus=0.02, absent=0.06, hub=True)
    shares = people.shares_mailbox[who]
    return put(email, shares, pick(people.email, who[shares]))


def forgotten(scene: Scene) -> Bools:
    """Customers whose registration is gone, though their transactions are still there."""
    gone = scene.lasting_chance("retail.forgotten", _UNREGISTERED)
    return gone & ~scene.people.shares_mailbox


def _store_ids() -> pa.Array:
    return numbered("S", np.arange(1, STORES + 1), 3)


def _stores(scene: Scene) -> Rows:
    rng = scene.rng("retail.stores")
    cities = [(name, state) for country in words.CITIES for name, state, _ in country][:STORES]
    names, states = zip(*cities, strict=True)
    number = np.arange(STORES)
    columns = {
        "store_id": _store_ids(),
        "store_name": join("Hearth ", pick(names, number)),
        "city": pick(names, number),
        "state": pick(states, number),
        "region": pick(_REGIONS, rng.integers(0, len(_REGIONS), STORES)),
    }
    opened = np.full(STORES, scene.batch.start, dtype=np.int64)
    return Rows("retail.stores", columns, scene.loaded(rng, opened))


def product_ids(code: Ints) -> pa.Array:
    """Ids of products, cheapest first."""
    return numbered("P", code + 1, 4)


def _products(scene: Scene) -> Rows:
    """The range; in an append the products whose price changed."""
    goods = products(scene.world)
    rng = scene.rng("retail.products")
    code = np.arange(len(goods.price))
    later = scene.batch.number > 1
    if later:
        code = code[scene.batch.number % 20 :: 20]
    word = goods.word[code]
    names, categories, subcategories = zip(*words.PRODUCTS, strict=True)
    columns = {
        "product_id": product_ids(code),
        "product_name": pick(names, word),
        "category": pick(categories, word),
        "subcategory": pick(subcategories, word),
        "brand": pick(words.BRANDS, word % len(words.BRANDS)),
        "sku": join("SKU-", whole(100_000 + word * 37)),
        "list_price": money(goods.price[code] + (30 if later else 0)),
        "unit_cost": keep(code % 25 > 0, money(goods.cost[code])),
        "is_active": truth_values(chance(rng, len(code), 0.95)),
    }
    made = np.full(len(code), scene.batch.start, dtype=np.int64)
    replaces = np.full(len(code), later)
    return Rows("retail.products", columns, scene.loaded(rng, made), replaces=replaces)


@dataclass
class _Returns:
    """What comes after a purchase: each takes one of its lines back, or part of its price."""

    parent: Ints
    line: Ints
    kind: Ints
    when: Ints
    negative: Bools


def _returns(scene: Scene, bought: Purchases) -> _Returns:
    rng = scene.rng("retail.returns")
    size = len(bought.who)
    kind = choose(rng, size, (0.92, 0.062, 0.008, 0.01))
    when = bought.when + ((2 + rng.exponential(12, size)) * DAY).astype(np.int64)
    when += np.where(kind == REFUND, rng.integers(0, 150 * DAY, size), 0)
    happens = (kind != PURCHASE) & (bought.status == COMPLETED) & (when < scene.batch.end)
    parent = np.flatnonzero(happens)
    first_line = np.searchsorted(bought.lines.parent, parent)
    in_store = bought.channel[parent] == POS
    negative = in_store & (kind[parent] != EXCHANGE)
    return _Returns(parent, first_line, kind[parent], when[parent], negative)


def _transactions(scene: Scene) -> Iterator[Rows]:
    bought = purchases(scene)
    back = _returns(scene, bought)
    rng = scene.rng("retail.transactions")
    source = np.concatenate([np.arange(len(bought.who)), back.parent])
    kind = np.concatenate([np.full(len(bought.who), PURCHASE), back.kind])
    size, is_back = len(source), np.arange(len(source)) >= len(bought.who)
    lines = bought.lines
    price = (lines.total - lines.discount)[back.line]
    rate = (
        bought.tax[back.parent]
        / np.maximum(1, bought.total - bought.tax - bought.shipping)[back.parent]
    )
    part = np.array([0, 1.0, 0.3, 0.0])[back.kind]
    refund_tax = np.rint(price * rate * part).astype(np.int64)
    refund = np.rint(price * part).astype(np.int64) + refund_tax
    sign = np.where(back.negative, -1, 1)
    when = np.concatenate([bought.when, back.when])
    who, second = bought.who[source], bought.second[source]
    ids = transaction_ids(scene, np.arange(size))
    currency, channel = pick(words.CURRENCIES, bought.currency[source]), bought.channel[source]
    online = bought.online[source]
    customer = _customer_of(scene, who, second)
    scene.record(join("retail:", customer.drop_null()), _owners(scene, who, customer))
    payment = choose(rng, size, (70, 14, 9, 4, 3))
    earned = np.where(is_back | (who < 0), 0, bought.total[source] // 100)
    none = np.zeros(len(back.parent), dtype=np.int64)
    columns = {
        "transaction_id": ids,
        "customer_id": customer,
        "channel": pick(CHANNELS, channel),
        "transaction_date": times(when),
        "transaction_type": pick(TYPES, kind),
        "total_amount": money(np.concatenate([bought.total, sign * refund])),
        "tax_amount": money(np.concatenate([bought.tax, refund_tax])),
        "shipping_amount": money(np.concatenate([bought.shipping, none])),
        "discount_amount": money(np.concatenate([bought.discount, none])),
        "currency_code": currency,
        "payment_method": pick(_PAYMENTS, payment),
        "card_type": keep(payment == 0, pick(_CARDS, choose(rng, size, (5, 4, 1)))),
        "store_id": keep(channel == POS, pick(_store_ids(), rng.integers(0, STORES, size))),
        "online_order_id": keep(online & ~is_back, order_ids(scene, source)),
        "promotion_code": keep(
            bought.discount[source] > 0, pick(("SPRING", "VIP10", "WELCOME"), source % 3)
        ),
        "coupon_code": keep(chance(rng, size, 0.03), numbered("CPN", source % 9973, 5)),
        "loyalty_points_earned": whole(earned),
        "loyalty_points_redeemed": whole(np.where(chance(rng, size, 0.04), earned // 4, 0)),
        "transaction_status": pick(STATUSES, np.where(is_back, COMPLETED, bought.status[source])),
        "refund_reason": keep(is_back, pick(_REASONS, choose(rng, size, (4, 3, 3, 2, 1)))),
    }
    loaded = scene.loaded(rng, when)
    yield Rows("retail.transactions", columns, loaded)
    yield _items(scene, bought, back, ids, loaded)


def _customer_of(scene: Scene, who: Ints, second: Bools) -> pa.Array:
    index = scene.people.index[who]
    return keep(
        (who >= 0) & scene.people.retail[who],
        where(second, second_loyalty_id(index), loyalty_id(index)),
    )


def _owners(scene: Scene, who: Ints, customer: pa.Array) -> Ints:
    return scene.people.index[who][customer.is_valid().to_numpy(zero_copy_only=False)]


def transaction_ids(scene: Scene, row: Ints) -> pa.Array:
    """Ids of the transactions of this chunk and batch by their place; purchases come first."""
    prefix = f"T{scene.batch.number:02d}{scene.chunk.number:04d}"
    return numbered(prefix, row, 7)


def order_ids(scene: Scene, row: Ints) -> pa.Array:
    """The web shop's own number of a purchase."""
    return numbered(f"WEB-{scene.batch.number:02d}{scene.chunk.number:04d}", row, 7)


def _items(scene: Scene, bought: Purchases, back: _Returns, ids: pa.Array, loaded: Ints) -> Rows:
    """Lines: those of the purchases, and one for each return or exchange."""
    rng = scene.rng("retail.items")
    lines = bought.lines
    lined = np.flatnonzero(back.kind != REFUND)
    line = np.concatenate([np.arange(len(lines.parent)), back.line[lined]])
    parent = np.concatenate([lines.parent, len(bought.who) + lined])
    place = np.concatenate([lines.place, np.zeros(len(lined), dtype=np.int64)])
    status = np.concatenate(
        [np.zeros(len(lines.parent), dtype=np.int64), np.where(back.kind[lined] == RETURN, 1, 2)]
    )
    quantity = lines.quantity[line]
    quantity[len(lines.parent) :] *= np.where(back.negative[lined], -1, 1)
    size = len(line)
    product = put(
        product_ids(lines.product[line]), odd := chance(rng, size, 0.0015),
        same("P9999", int(odd.sum())),
    )  # fmt: skip
    transaction = pick(ids, parent)
    columns = {
        "item_id": join(transaction, "-", whole(place + 1)),
        "transaction_id": transaction,
        "product_id": product,
        "quantity": whole(quantity),
        "unit_price": money(lines.price[line]),
        "total_price": money(quantity * lines.price[line]),
        "discount_amount": money(lines.discount[line]),
        "item_status": pick(("SOLD", "RETURNED", "EXCHANGED"), status),
        "item_rating": keep(chance(rng, size, 0.08), whole(1 + choose(rng, size, (1, 1, 2, 5, 8)))),
    }
    return Rows("retail.transaction_items", columns, loaded[parent])
