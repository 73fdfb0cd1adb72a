"""web: the clickstream. Browsing, log-ins, purchases; cookies and shared browsers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator import words
from simulator.phones import INTERNATIONAL_STYLES, written
from simulator.plan import row_numbers
from simulator.scene import NOBODY, RECORD, Rows, Scene, Signs
from simulator.systems.purchases import Purchases, purchases
from simulator.systems.retail import order_ids, product_ids
from simulator.systems.spelling import typed_email
from simulator.text import (
    DAY,
    HOUR,
    Bools,
    Floats,
    Ints,
    chance,
    choose,
    decimals,
    hexadecimal,
    join,
    keep,
    mixed,
    money,
    nothing,
    pick,
    repeated,
    same,
    share_of,
    times,
    where,
    whole,
)
from simulator.world import login_id, person_ids

SESSIONS_A_YEAR = 2.6
_BORROWERS = 0.12
_LEAVES_PHONE = 0.2
_FORGETFUL_SESSIONS = 45
"""In a year: nobody has cookies by the dozen but who comes often."""
_PEOPLE_A_DAY, _TERMINALS = 8, 4
_OPTED_OUT = -1
TYPES = (
    "page_view", "product_view", "search", "add_to_cart", "remove_from_cart", "wishlist_add",
    "checkout",
    "purchase", "form_submit", "login", "signup", "custom",
)  # fmt: skip
PAGE, PRODUCT, SEARCH, CART, UNCART, WISH, CHECKOUT, PURCHASE, FORM, LOGIN, SIGNUP, CUSTOM = range(
    12
)
_SALE = (PAGE, PRODUCT, CART, CHECKOUT, PURCHASE)
_AGENTS = (
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0", "Desktop", "Windows", "Chrome"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) Safari/605.1", "Desktop", "macOS", "Safari"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Firefox/126.0", "Desktop", "Linux", "Firefox"),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Mobile Safari/604.1",
        "Mobile",
        "iOS",
        "Mobile Safari",
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/124.0 Mobile",
        "Mobile",
        "Android",
        "Chrome Mobile",
    ),
    ("Mozilla/5.0 (iPad; CPU OS 17_4) Safari/604.1", "Tablet", "iOS", "Safari"),
)
_REFERRERS = (
    (None, None, None, None), ("https://search.example/?q=gifts", "search", "organic", None),
    ("https://social.example/", "social", "paid", "spring-look"),
    ("https://mail.example/", "newsletter", "email", "weekly"),
    ("https://partner.example/deals", "partner", "affiliate", "deals"),
)  # fmt: skip
_QUERIES = (
    "gift",
    "candle",
    "tasse",
    "lampe",
    'mug "best dad"',
    "puzzle 1000",
    "🎁",
    "  scarf ",
    "boots size 42",
    "cadeau",
)
_PATHS = (
    "/",
    "/sale",
    "/new",
    "/help",
    "/stores",
    "/blog/cosy-winter",
    "/account",
    "/search?page=2",
)
COOKIE, DEVICE_ONLY, LOGIN_ONLY = range(3)


@dataclass
class Visits:
    """One entry a visit. `sale`: the purchase it ends with, or -1.

    `shared`: on a browser two of a household log in on; `public`: on one that is open to all.
    """

    who: Ints
    when: Ints
    sale: Ints
    logged: Bools
    device: Ints
    cookie: Ints
    carries: Ints
    shared: Bools
    public: Bools


def device_ids(code: Ints) -> pa.Array:
    """Device ids of device codes."""
    return join("d-", hexadecimal(code, 71))


def device_codes(scene: Scene, who: Ints, slot: Ints) -> Ints:
    """The slot-th device of people of the chunk."""
    return scene.people.index[who] * 8 + slot


def produce(scene: Scene) -> Iterator[Rows]:
    """The events."""
    yield _events(scene, _visits(scene), purchases(scene))


def _lender(scene: Scene) -> Ints:
    """Whose browser each person borrows at home (place in the chunk), -1 for none."""
    people = scene.people
    borrows = scene.lasting_chance("web.lender", _BORROWERS)
    heads = np.arange(people.count) - people.position
    able = people.web[heads] & people.login[heads] & people.login & (people.position > 0)
    return np.where(able & borrows, heads, -1)


def _visits(scene: Scene) -> Visits:
    people, batch, bought = scene.people, scene.batch, purchases(scene)
    rng = scene.rng("web.visits")
    rate = (
        SESSIONS_A_YEAR
        * batch.years
        * scene.lasting_rng("web.rate").gamma(0.6, 1 / 0.6, people.count)
    )
    forgetful = people.plays("forgetful_browsers")
    rate = np.where(forgetful, np.maximum(rate, _FORGETFUL_SESSIONS * batch.years), rate)
    visits = rng.poisson(rate * people.web)
    if batch.number == 1:
        visits += people.web & (visits == 0) & chance(rng, people.count, 0.5)
    browsing = np.repeat(np.arange(people.count), visits)
    bought_on_site = bought.online & (bought.who >= 0) & people.web[bought.who]
    sales = np.flatnonzero(bought_on_site & (people.login | people.guest)[bought.who])
    who = np.concatenate([browsing, bought.who[sales]])
    begun = np.maximum(scene.some_times(rng, len(browsing)), people.since[browsing])
    when = np.concatenate([scene.delayed(rng, begun), bought.when[sales] - 600])
    sale = np.concatenate([np.full(len(browsing), -1), sales])
    size = len(who)
    lender = _lender(scene)[who]
    borrowed = (lender >= 0) & chance(rng, size, 0.5)
    browser = np.where(borrowed, lender, who)
    slot = np.where(borrowed, 0, choose(rng, size, (6, 3, 1)))
    # Whoever lends a browser or tablet uses it too, and logs in on it.
    open_to_both = borrowed | (_lends(_lender(scene))[who] & (slot == 0))
    tablet = _tablet(scene)
    on_tablet = (tablet >= 0)[who] & (slot == 0)
    of_two = open_to_both | on_tablet | (_lends(tablet)[who] & (slot == 0))
    logged = people.login[who] & (chance(rng, size, 0.4) | (sale >= 0) | of_two)
    logged |= forgetful[who] & people.login[who]
    life = 60 + (share_of(people.index, 72) * 340).astype(np.int64)
    life = np.where(forgetful, 7, life)
    epoch = (when // DAY + people.index[browser] % 97) // life[browser]
    carries = _carried(scene, browser, logged, slot, open_to_both)
    device = device_codes(scene, np.where(on_tablet, tablet[who], browser), slot)
    cookie = (people.index[browser] << 24) | (slot << 20) | epoch
    public = np.zeros(size, dtype=np.bool_)
    made = Visits(who, when, sale, logged, device, cookie, carries, open_to_both, public)
    _go_to_the_library(scene, made)
    _opt_out(scene, made)
    return made


def _lends(whose: Ints) -> Bools:
    """Who lends what is his, by whose each person uses; -1 for nobody's."""
    lends = np.zeros(len(whose), dtype=np.bool_)
    lends[whose[whose >= 0]] = True
    return lends


def _tablet(scene: Scene) -> Ints:
    """Whose tablet each person uses too, in a browser of his own; -1 for none.

    Who borrows the browser itself has no need of one.
    """
    tablet = scene.people.cast["shared_devices"]
    return np.where(_lender(scene) >= 0, -1, tablet)


def _go_to_the_library(scene: Scene, visits: Visits) -> None:
    """Has some visits made on browsers open to all, which several people use on one day.

    Who comes waits for that day, and has a login or leaves a mailbox.
    """
    rng = scene.rng("patterns.public_devices")
    size = len(visits.who)
    goes = chance(rng, size, scene.rate("public_devices")) & (visits.sale < 0)
    rows = np.flatnonzero(goes)
    rows = rows[np.argsort(visits.when[rows], kind="stable")]
    browser = np.arange(len(rows)) // _PEOPLE_A_DAY
    last = np.minimum((browser + 1) * _PEOPLE_A_DAY, len(rows)) - 1
    opens = visits.when[rows][last] // DAY * DAY + 9 * HOUR
    met = opens + rng.integers(0, 9 * HOUR, len(rows))
    visits.when[rows] = np.maximum(visits.when[rows], met)
    terminal = row_numbers(scene.world.batches[scene.chunk.cohort - 1], scene.chunk, _TERMINALS)
    visits.device[rows] = terminal[browser % _TERMINALS]
    visits.cookie[rows] = row_numbers(scene.batch, scene.chunk, len(rows))[browser]
    visits.carries[rows] = COOKIE
    visits.logged[rows] = scene.people.login[visits.who[rows]] & chance(rng, len(rows), 0.6)
    visits.shared[rows] = False
    visits.public[rows] = True
    cookies = cookie_ids(np.unique(visits.cookie[rows]))
    scene.signs.append(Signs("public_devices", cookies, RECORD, join("web:cookie:", cookies)))


def _opt_out(scene: Scene, visits: Visits) -> None:
    """Has some visitors want no cookie: what they are given instead is one word for all."""
    rng = scene.rng("patterns.opted_out_browsers")
    wants_none = chance(rng, len(visits.who), scene.rate("opted_out_browsers"))
    rows = np.flatnonzero(wants_none & (visits.carries == COOKIE) & ~visits.shared & ~visits.public)
    visits.cookie[rows] = _OPTED_OUT
    people = person_ids(scene.people.index[visits.who[rows]])
    key = join("web:cookie:", cookie_ids(visits.cookie[rows]))
    scene.signs.append(Signs("opted_out_browsers", people, RECORD, key))


def _carried(scene: Scene, browser: Ints, logged: Bools, slot: Ints, shared: Bools) -> Ints:
    """What identifies a visit: a cookie; in the app the device; from a server the login."""
    app = scene.lasting_chance("web.app", 0.2)[browser] & (slot == 1)
    server = logged & ~shared & chance(scene.rng("web.server"), len(browser), 0.02)
    return np.where(server, LOGIN_ONLY, np.where(app, DEVICE_ONLY, COOKIE))


@dataclass
class _Steps:
    """One entry an event: its visit, its place in it, its kind and time."""

    visit: Ints
    place: Ints
    kind: Ints
    when: Ints


def _steps(scene: Scene, visits: Visits) -> _Steps:
    rng = scene.rng("web.steps")
    selling = visits.sale >= 0
    browsing = 1 + np.minimum(rng.geometric(0.24, len(visits.who)), 30)
    visit, place = repeated(np.where(selling, len(_SALE), browsing))
    size = len(visit)
    kind = choose(rng, size, (30, 34, 9, 8, 2, 3, 2, 0, 2, 0, 0, 3))
    kind = np.where(place == 0, PAGE, kind)
    kind = np.where(selling[visit], np.array(_SALE)[np.minimum(place, len(_SALE) - 1)], kind)
    entry = (place == 1) & visits.logged[visit]
    new_here = scene.people.since[visits.who] >= scene.batch.start
    first = np.zeros(len(visits.who), dtype=np.bool_)
    first[np.unique(visits.who, return_index=True)[1]] = True
    signing_up = (first & new_here & (visits.sale < 0))[visit]
    kind = np.where(entry, np.where(signing_up, SIGNUP, LOGIN), kind)
    kind = np.where((place == 1) & visits.public[visit] & ~entry, FORM, kind)
    gap = (15 + rng.exponential(50, size)).astype(np.int64)
    when = np.minimum(visits.when[visit] + place * 70 + gap, scene.batch.end - 1)
    until = scene.batch.end - 1
    sold = kind == PURCHASE
    return _Steps(
        visit, place, kind, np.where(sold, np.minimum(visits.when[visit] + 600, until), when)
    )


def _record_browsers(scene: Scene, visits: Visits, used: Ints) -> None:
    """Party records: one a cookie, else a device, else a login."""
    people = scene.people
    index, login = people.index[visits.who], people.index[visits.who]
    for carries, prefix, code in (
        (COOKIE, "web:cookie:", visits.cookie),
        (DEVICE_ONLY, "web:device:", visits.device),
        (LOGIN_ONLY, "web:login:", login),
    ):
        mine = used[visits.carries[used] == carries]
        codes, first, group = np.unique(code[mine], return_index=True, return_inverse=True)
        low, high = np.full(len(codes), 2**62), np.full(len(codes), -1)
        np.minimum.at(low, group, index[mine])
        np.maximum.at(high, group, index[mine])
        names = (cookie_ids, device_ids, login_id)[carries](codes)
        alone = (low == high) & (codes != _OPTED_OUT)
        owner = np.where(alone, index[mine][first], NOBODY)
        scene.record(join(prefix, names), owner)


def cookie_ids(code: Ints) -> pa.Array:
    """Cookie ids of cookie codes."""
    return where(code == _OPTED_OUT, "OPTOUT", join("c.", hexadecimal(code, 73)))


def _events(scene: Scene, visits: Visits, bought: Purchases) -> Rows:
    people = scene.people
    steps = _steps(scene, visits)
    rng = scene.rng("web.events")
    _record_browsers(scene, visits, np.arange(len(visits.who)))
    visit, kind, size = steps.visit, steps.kind, len(steps.visit)
    who, carries = visits.who[visit], visits.carries[visit]
    known = visits.logged[visit] & (steps.place > 0)
    known |= carries == LOGIN_ONLY
    names_itself = np.isin(kind, (LOGIN, SIGNUP, PURCHASE))
    form = (kind == FORM) & ~visits.shared[visit] & chance(rng, size, 0.5)
    form |= (kind == FORM) & visits.public[visit]
    login = keep(known, login_id(people.index[who]))
    word_for_nobody = ~known & (carries == COOKIE) & chance(rng, size, 0.004)
    login = where(
        word_for_nobody, pick(("anonymous", "null", "undefined"), rng.integers(0, 3, size)), login
    )
    email = keep(names_itself | form, typed_email(rng, pick(people.email, who)))
    sold = kind == PURCHASE
    sale = np.maximum(visits.sale[visit], 0)
    located = chance(rng, size, 0.7)
    agent = (mixed(visits.device[visit], 74) % np.uint64(len(_AGENTS))).astype(np.int64)
    agents = list(zip(*_AGENTS, strict=True))
    columns = {
        "event_id": hexadecimal(row_numbers(scene.batch, scene.chunk, size), 75),
        "event_type": pick(TYPES, kind),
        "event_timestamp": times(steps.when),
        "session_id": keep(chance(rng, size, 0.98),
        join("s-",
        hexadecimal(row_numbers(scene.batch, scene.chunk, len(visits.who)), 76).take(visit))),
        "cookie_id": keep(carries == COOKIE, cookie_ids(visits.cookie).take(visit)),
        "device_id": keep((carries != LOGIN_ONLY) & (chance(rng, size,
        0.7) | (carries == DEVICE_ONLY)), device_ids(visits.device).take(visit)),
        "login_id": login,
        "email": email,
        "phone": _phones(scene, rng.random(size), who, steps.when, kind),
        "user_agent": pick(agents[0], agent),
        "device_family": pick(agents[1], agent),
        "os_family": pick(agents[2], agent),
        "browser_family": pick(agents[3], agent),
        "ip_address": _addresses(people.household[who]),
        "zip_code": keep(located, people.home.postcode().take(who)),
        "country": keep(located | chance(rng, size, 0.8),
        pick(words.COUNTRIES, people.country[who])),
        "city": keep(located, people.home.city_name().take(who)),
        **_pages(scene, steps, visits, bought),
        "order_id": keep(sold, order_ids(scene, sale)),
        "revenue": keep(sold, money(_in_pounds(bought)[sale])),
        "properties": where(chance(rng, size, 0.03),
        '{"ab_test": "checkout-b", "note": "a \\"quoted\\" word"}', nothing(size)),
    }  # fmt: skip
    return Rows("web.events", columns, scene.loaded(rng, steps.when))


def _in_pounds(bought: Purchases) -> Ints:
    """Totals in the reporting currency, as the shop's tracker estimates them."""
    if not len(bought.who):
        return np.zeros(1, dtype=np.int64)
    per_pound = np.array(words.UNITS_PER_POUND)
    return np.rint(bought.total / per_pound[bought.currency]).astype(np.int64)


def _phones(scene: Scene, draw: Floats, who: Ints, when: Ints, kind: Ints) -> pa.Array:
    """A telephone on some check-outs."""
    result = np.flatnonzero((kind == CHECKOUT) & (draw < _LEAVES_PHONE))
    if not len(result):
        return nothing(len(who))
    people, caller = scene.people, who[result]
    style = choose(scene.rng("web.phones"), len(result), INTERNATIONAL_STYLES)
    place = np.full(len(who), -1)
    place[result] = np.arange(len(result))
    number = people.mobile_at(caller, when[result])
    return pick(written(people.country[caller], number, style), place)


def _addresses(household: Ints) -> pa.Array:
    """Addresses of the ranges reserved for documentation, one a household."""
    host = whole(1 + household % 254)
    nets = ("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8::")
    return join(pick(nets, household // 254 % 4), host)


def _pages(scene: Scene, steps: _Steps, visits: Visits, bought: Purchases) -> dict[str, pa.Array]:
    """Where on the site each event happened, and how the visit came there."""
    rng = scene.rng("web.pages")
    size, kind = len(steps.visit), steps.kind
    about_product = np.isin(kind, (PRODUCT, CART, UNCART, WISH))
    first_line = np.searchsorted(bought.lines.parent, np.maximum(visits.sale, 0))
    range_ = len(words.PRODUCTS)
    product = (range_ * rng.random(size) ** 1.3).astype(np.int64)
    if len(bought.lines.product):
        wanted = bought.lines.product[np.minimum(first_line, len(bought.lines.product) - 1)]
        product = np.where((visits.sale >= 0)[steps.visit], wanted[steps.visit], product)
    item = keep(about_product, product_ids(product))
    site = "https://shop.example"
    path = pick(_PATHS, choose(rng, size, (10, 4, 4, 2, 2, 1, 2, 1)))
    url = where(about_product, join(site, "/p/", product_ids(product)), join(site, path))
    url = where(kind == PURCHASE, same(f"{site}/thank-you", size), url)
    came = choose(rng, len(visits.who), (40, 28, 12, 14, 6))[steps.visit]
    came = np.where(steps.place == 0, came, 0)
    referrer, source, medium, campaign = zip(*_REFERRERS, strict=True)
    stayed = np.rint(10 * rng.gamma(1.2, 40, size)).astype(np.int64)
    viewed = np.isin(kind, (PAGE, PRODUCT))
    return {
        "page_url": url,
        "referrer_url": pick(referrer, came),
        "utm_source": pick(source, came),
        "utm_medium": pick(medium, came),
        "utm_campaign": pick(campaign, came),
        "product_id": item,
        "search_query": keep(kind == SEARCH, pick(_QUERIES, rng.integers(0, len(_QUERIES), size))),
        "time_on_page": keep(viewed, decimals(stayed, 1)),
        "scroll_depth": keep(viewed & chance(rng, size, 0.9), whole(rng.integers(0, 101, size))),
    }
