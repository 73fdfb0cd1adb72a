"""People, households and organisations: who they really are, whatever systems say."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import phones, words
from simulator.patterns import cast
from simulator.plan import Batch, Chunk, World
from simulator.text import (
    DAY,
    Bools,
    Floats,
    Ints,
    Rng,
    chance,
    choose,
    digits,
    join,
    numbered,
    pick,
    share_of,
    where,
    whole,
)

ORGANISATION_EVERY = 50
"""One organisation for so many people."""
HUB_PEOPLE = 45
"""How many people use one shared mailbox whose name gives nothing away."""
HUB_FROM = 500
"""Smaller worlds have no such mailbox."""
_SECOND_ACCOUNT = 4_000_000
_CODES = 10_000_000
NEVER = np.int64(2**61)
"""A time after all others."""

COUNTRY_WEIGHTS = (0.42, 0.28, 0.18, 0.12)
HOUSEHOLD_WEIGHTS = (0.33, 0.34, 0.14, 0.12, 0.05, 0.02)
_LATE_SINCE = 0.4
_WEB_ONLY, _RETAIL_ONLY, _NEWSLETTER_ONLY = range(3)
_ENTERPRISE = 2.5
"""Larger organisations are enterprises."""


@dataclass
class Places:
    """Addresses, one a row: codes into the words, and numbers."""

    country: Ints
    city: Ints
    street: Ints
    number: Ints
    flat: Ints
    post: Ints

    def take(self, rows: Ints) -> "Places":
        """The addresses of these rows."""
        return Places(*(column[rows] for column in vars(self).values()))

    def where(self, condition: Bools, other: "Places") -> "Places":
        """Row by row these addresses or the others."""
        mine, theirs = vars(self).values(), vars(other).values()
        return Places(*(np.where(condition, a, b) for a, b in zip(mine, theirs, strict=True)))

    def line(self, *, short: bool = False) -> pa.Array:
        """Street, number and flat, in the order of the country."""
        street = pick((words.SHORT_STREETS if short else words.STREETS).words, self.street)
        number, flat = whole(self.number), whole(self.flat)
        english = where(
            self.flat > 0,
            join("Apt " if short else "Flat ", flat, ", ", number, " ", street),
            join(number, " ", street),
        )
        german = join(street, " ", number)
        french = join(number, " " if short else ", ", street)
        germany = words.COUNTRIES.index("DE")
        continental = where(self.country == germany, german, french)
        return where(self.country < germany, english, continental)

    def city_name(self) -> pa.Array:
        """City."""
        return pick(_CITY_NAMES, self.city)

    def state(self) -> pa.Array:
        """State, region or county code."""
        return pick(_CITY_STATES, self.city)

    def postcode(self) -> pa.Array:
        """A postcode of the city, in the shape of the country."""
        area = pick(_CITY_AREAS, self.city)
        british = join(
            area, whole(1 + self.post % 20), " ", whole(self.post // 20 % 10),
            pick(_LETTERS, self.post // 200 % 20), pick(_LETTERS, self.post // 4000 % 20),
        )  # fmt: skip
        two = join(area, digits(self.post % 100, 2))
        three = join(area, digits(self.post % 1000, 3))
        gb, us = words.COUNTRIES.index("GB"), words.COUNTRIES.index("US")
        return where(self.country == gb, british, where(self.country == us, two, three))

    def country_code(self) -> pa.Array:
        """Two letters."""
        return pick(words.COUNTRIES, self.country)

    def country_name(self) -> pa.Array:
        """In words."""
        return pick(words.COUNTRY_NAMES, self.country)


_LETTERS = pa.array(list("ABDEFGHJLNPQRSTUWXYZ"), pa.string())
_CITY_ROWS = [row for country in words.CITIES for row in country]
_CITY_NAMES, _CITY_STATES, _CITY_AREAS = (
    pa.array([row[column] for row in _CITY_ROWS], pa.string()) for column in range(3)
)
_CITY_SIZES = [len(country) for country in words.CITIES]
_CITY_STARTS = [sum(_CITY_SIZES[:place]) for place in range(len(_CITY_SIZES))]


def from_pool(rng: Rng, pool: Ints, pools: words.Pools, skew: float = 1.0) -> Ints:
    """A word of each row's pool; the larger `skew`, the more often one of the first."""
    sizes, starts = np.array(pools.sizes)[pool], np.array(pools.starts)[pool]
    return starts + (sizes * rng.random(len(pool)) ** skew).astype(np.int64)


def some_places(rng: Rng, country: Ints) -> Places:
    """An address in each country given."""
    size = len(country)
    sizes, starts = np.array(_CITY_SIZES)[country], np.array(_CITY_STARTS)[country]
    return Places(
        country=country,
        city=starts + (sizes * rng.random(size) ** 1.4).astype(np.int64),
        street=from_pool(rng, country, words.STREETS),
        number=1 + (180 * rng.random(size) ** 2).astype(np.int64),
        flat=np.where(chance(rng, size, 0.15), 1 + rng.integers(0, 60, size), 0),
        post=rng.integers(0, 80_000, size),
    )


def loyalty_id(person: Ints) -> pa.Array:
    """Retail customer id of a person."""
    return numbered("C", (person * 7_368_787 + 1_234_567) % _CODES, 7)


def second_loyalty_id(person: Ints) -> pa.Array:
    """The id of a second registration of the same person."""
    return loyalty_id(person + _SECOND_ACCOUNT)


def account_number(person: Ints) -> pa.Array:
    """Salesforce account number of a person."""
    return numbered("A-", (person * 3_333_331 + 7_654_321) % _CODES, 7)


def organisation_account_number(organisation: Ints) -> pa.Array:
    """Salesforce account number of an organisation."""
    return account_number(organisation + 2 * _SECOND_ACCOUNT)


def login_id(person: Ints) -> pa.Array:
    """The name a person logs in with on the web."""
    return numbered("u", (person * 9_176_543 + 4_444_441) % _CODES, 7)


@dataclass
class People:
    """The people of a chunk: arrays of one entry a person, in the order of `index`.

    Times are epoch seconds; `NEVER` is later than all others. Membership flags say which systems
    know
    the person, `*_since` from when on.
    """

    index: Ints
    household: Ints
    position: Ints
    gender: Ints
    first: Ints
    surname: Ints
    former_surname: Ints
    renamed_at: Ints
    birth: Ints
    home: Places
    former_home: Places
    moved_at: Ints
    since: Ints
    email_style: Ints
    email_domain: Ints
    has_second_email: Bools
    online: Floats
    service_luck: Floats
    hub: Ints
    retail: Bools
    account: Bools
    contact: Bools
    web: Bools
    login: Bools
    guest: Bools
    subscriber: Bools
    messaged: Bools
    survey: Bools
    external: Bools
    organisation: Ints
    cast: dict[str, Ints] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.index)

    def plays(self, pattern: str) -> Bools:
        """Who plays a pattern."""
        return self.cast[pattern] >= 0

    def is_in(self, pattern: str) -> Bools:
        """Who plays a pattern or is the other one in somebody's case of it."""
        found = self.plays(pattern)
        found[self.cast[pattern][found]] = True
        return found

    def or_other(self, pattern: str) -> Ints:
        """The place of the other one in a person's case of a pattern, else the person's own."""
        return np.where(self.plays(pattern), self.cast[pattern], np.arange(self.count))

    @property
    def country(self) -> Ints:
        """Country code of the home."""
        return self.home.country

    def surname_of(self, who: Ints, when: Ints) -> Ints:
        """The surname these people bore at a time."""
        return np.where(when < self.renamed_at[who], self.former_surname[who], self.surname[who])

    def home_of(self, who: Ints, when: Ints) -> Places:
        """Where these people lived at a time."""
        return self.former_home.take(who).where(when < self.moved_at[who], self.home.take(who))

    def _email(self, style: Ints, domain: Ints) -> pa.Array:
        first = pick(words.FIRST_NAMES.folded, self.first)
        last = pick(words.SURNAMES.folded, self.former_surname)
        initial = pc.utf8_slice_codeunits(first, 0, 1)
        tail = join(whole(self.index), "@", pick(words.PERSONAL_DOMAINS, domain))
        local = join(first, ".", last)
        forms = (
            join(first, "_"),
            join(initial, last, "."),
            join(last, ".", first),
            join(last, "-"),
        )
        for number, form in enumerate(forms, start=1):
            local = where(style == number, form, local)
        return join(local, tail)

    @cached_property
    def email(self) -> pa.Array:
        """The mailbox each person uses most. Ends in its owner's number: no two have the same."""
        own = self._email(self.email_style, self.email_domain)
        return pick(own, self.or_other("family_mailboxes"))

    @cached_property
    def family_email(self) -> pa.Array:
        """The mailbox of each household that has one for all."""
        names = join(pick(words.SURNAMES.folded, self.surname), "s.", whole(self.household))
        box = join(names, "@", pick(words.PERSONAL_DOMAINS, self.email_domain))
        return pick(box, self.or_other("silent_systems"))

    @cached_property
    def shares_mailbox(self) -> Bools:
        """Who uses a mailbox with another: the shop knows each of the two by name, with it."""
        return self.is_in("family_mailboxes") | self.is_in("silent_systems")

    @cached_property
    def shared_mailboxes(self) -> pa.Array:
        """The mailboxes that two use."""
        writers = np.flatnonzero(self.plays("silent_systems"))
        heads = self.cast["silent_systems"][writers]
        users = np.concatenate([np.flatnonzero(self.plays("family_mailboxes")), heads])
        return pa.concat_arrays([pick(self.email, users), pick(self.family_email, writers)])

    @cached_property
    def second_email(self) -> pa.Array:
        """Another mailbox of the same person; the first one where there is no other."""
        style = (self.email_style + 1) % 5
        other = self._email(style, (self.email_domain + 3) % len(words.PERSONAL_DOMAINS))
        return where(self.has_second_email, other, self.email)

    @cached_property
    def has_long_name(self) -> Bools:
        """Whose given name has five letters or more."""
        long = pc.greater_equal(pc.utf8_length(pick(words.FIRST_NAMES.words, self.first)), 5)
        return np.asarray(long.to_numpy(zero_copy_only=False))

    @cached_property
    def mobile(self) -> Ints:
        """National number of each person's own telephone, which another may have had before."""
        return phones.national_numbers(
            self.country, 2 * self.index[self.or_other("recycled_numbers")]
        )

    @cached_property
    def _gave_up_mobile_at(self) -> Ints:
        """When each person's telephone became another's."""
        result = np.full(self.count, NEVER)
        heirs = np.flatnonzero(self.plays("recycled_numbers"))
        result[self.cast["recycled_numbers"][heirs]] = self.since[heirs]
        return result

    def mobile_at(self, who: Ints, when: Ints) -> Ints:
        """The telephones of these people at a time."""
        kept = when < self._gave_up_mobile_at[who]
        return np.where(kept, self.mobile[who], self.new_mobile[who])

    @cached_property
    def new_mobile(self) -> Ints:
        """The number each person would change to."""
        return phones.national_numbers(self.country, 2 * (self.index + _SECOND_ACCOUNT))

    @cached_property
    def landline(self) -> Ints:
        """National number of the telephone of the household."""
        return phones.national_numbers(self.country, 2 * self.household + 1)


@dataclass
class Organisations:
    """Companies: arrays of one entry a company."""

    index: Ints
    head: Ints
    tail: Ints
    kind: Ints
    industry: Ints
    place: Places
    since: Ints
    size: Floats
    service_luck: Floats

    @property
    def count(self) -> int:
        """How many."""
        return len(self.index)

    @cached_property
    def name(self) -> pa.Array:
        """Registered name."""
        form = pick(words.COMPANY_FORMS, self.place.country)
        return join(
            pick(words.COMPANY_HEADS, self.head),
            " ",
            pick(words.COMPANY_TAILS, self.tail),
            " ",
            form,
        )

    @cached_property
    def domain(self) -> pa.Array:
        """Mail domain: its own."""
        head = pc.utf8_lower(pick(words.COMPANY_HEADS, self.head))
        tail = pc.utf8_lower(pick(words.COMPANY_TAILS, self.tail))
        return join(head, "-", tail, whole(self.index), ".example")

    @cached_property
    def phone(self) -> Ints:
        """National number of the switchboard."""
        return phones.national_numbers(
            self.place.country, 2 * (self.index + 3 * _SECOND_ACCOUNT // 2) + 1
        )


def make_people(world: World, chunk: Chunk) -> People:
    """The people of a chunk, always the same for the same world."""
    batch = world.batches[chunk.cohort - 1]
    rng = world.rng("people", chunk.cohort, chunk.number)
    size = chunk.count
    household, position = _households(rng, size)
    homes = int(household[-1]) + 1
    index = np.arange(chunk.first, chunk.first + size, dtype=np.int64)
    country = choose(rng, homes, COUNTRY_WEIGHTS)
    since = _since(rng, batch, size)
    gender = _genders(rng, household, position)
    own_name = from_pool(rng, country[household], words.SURNAMES, 2.0)
    family_name = from_pool(rng, country, words.SURNAMES, 2.0)[household]
    surname = np.where((position == 1) & chance(rng, size, 0.25), own_name, family_name)
    renamed = (position == 1) & (surname == family_name) & chance(rng, size, 0.15)
    home = some_places(rng, country)
    moved = chance(rng, homes, 0.18)
    moved_at = _some_time(rng, batch, homes, 3 * 365)
    online = rng.beta(1.6, 1.6, size)
    people = People(
        index=index,
        household=chunk.first + household,
        position=position,
        gender=gender,
        first=_first_names(rng, country[household], gender, household, position),
        surname=surname,
        former_surname=np.where(renamed, own_name, surname),
        renamed_at=np.where(renamed, _some_time(rng, batch, size, 3 * 365), -NEVER),
        birth=_birth_dates(rng, position, batch),
        home=home.take(household),
        former_home=home.where(~moved, some_places(rng, country)).take(household),
        moved_at=np.where(moved, moved_at, -NEVER)[household],
        since=since,
        email_style=choose(rng, size, (0.4, 0.15, 0.2, 0.15, 0.1)),
        email_domain=choose(rng, size, (30, 20, 12, 12, 8, 6, 4, 4, 2, 2)),
        has_second_email=chance(rng, size, 0.35),
        online=online,
        service_luck=rng.normal(0, 0.6, size),
        **_memberships(world, batch, chunk, rng, online),
    )
    people.cast = cast(
        people,
        world.parameters.patterns,
        lambda pattern: world.rng(f"patterns.{pattern}", chunk.cohort, chunk.number),
        batch.end,
    )
    return people


def _households(rng: Rng, size: int) -> tuple[Ints, Ints]:
    """Household of each person (0.. in the chunk) and the person's place in it."""
    members = 1 + choose(rng, size, HOUSEHOLD_WEIGHTS)
    household = np.repeat(np.arange(size, dtype=np.int64), members)[:size]
    starts = np.cumsum(members) - members
    return household, np.arange(size, dtype=np.int64) - starts[household]


def _genders(rng: Rng, household: Ints, position: Ints) -> Ints:
    """0 for women, 1 for men; couples are mostly of different gender."""
    gender = rng.integers(0, 2, len(household))
    head = gender[np.searchsorted(household, household)]
    opposite = (position == 1) & chance(rng, len(household), 0.92)
    return np.where(opposite, 1 - head, gender)


def _first_names(rng: Rng, country: Ints, gender: Ints, household: Ints, position: Ints) -> Ints:
    """Given names: frequent ones first, no two alike in a household."""
    pool = country * 2 + gender
    name = from_pool(rng, pool, words.FIRST_NAMES, 1.5)
    sizes, starts = (
        np.array(words.FIRST_NAMES.sizes)[pool],
        np.array(words.FIRST_NAMES.starts)[pool],
    )
    begins = np.searchsorted(household, household)
    for place in range(1, int(position.max()) + 1):
        mine = np.flatnonzero(position == place)
        for _ in range(place):
            for elder in range(place):
                taken = name[mine] == name[begins[mine] + elder]
                following = starts[mine] + (name[mine] - starts[mine] + 1) % sizes[mine]
                name[mine] = np.where(taken, following, name[mine])
    return name


def _birth_dates(rng: Rng, position: Ints, batch: Batch) -> Ints:
    """Birth days (epoch seconds): adults 18 to 90, the young of a household 16 to 30."""
    young = position > 1
    age = np.where(
        young, rng.uniform(16, 30, len(position)), 18 + 72 * rng.beta(1.8, 2.6, len(position))
    )
    return ((batch.start - age * 365.25 * DAY) // DAY * DAY).astype(np.int64)


def _some_time(rng: Rng, batch: Batch, size: int, days_before: int) -> Ints:
    """Times from so many days before the batch until its end."""
    low = batch.start - days_before * DAY
    return rng.integers(low, batch.end, size)


def _since(rng: Rng, batch: Batch, size: int) -> Ints:
    """When each person became known: for the first cohort mostly before the world begins."""
    within = rng.integers(batch.start, batch.end, size)
    if batch.number > 1:
        return within
    before = batch.start - (rng.random(size) ** 1.5 * 5 * 365 * DAY).astype(np.int64)
    return np.where(chance(rng, size, _LATE_SINCE), within, before)


def _memberships(
    world: World, batch: Batch, chunk: Chunk, rng: Rng, online: Floats
) -> dict[str, Any]:
    """Which systems know whom."""
    size = chunk.count
    retail = chance(rng, size, 0.45)
    web = chance(rng, size, np.where(retail, 0.35 + 0.5 * online, 0.36))
    account = chance(rng, size, np.where(retail, 0.14, 0.1))
    contact = chance(rng, size, 0.08)
    known = retail | web | account | contact
    lone = choose(rng, size, (0.55, 0.2, 0.25))
    web |= ~known & (lone == _WEB_ONLY)
    retail |= ~known & (lone == _RETAIL_ONLY)
    subscriber = chance(rng, size, np.where(retail, 0.55, np.where(web, 0.1, 0.0)))
    subscriber |= ~known & (lone == _NEWSLETTER_ONLY)
    login = web & chance(rng, size, np.where(retail, 0.75, 0.35))
    guest = web & ~login & ~retail & chance(rng, size, 0.2)
    messaged = chance(rng, size, np.where(retail, 0.45, np.where(login, 0.25, 0.02)))
    first, last = (-(-at // ORGANISATION_EVERY) for at in (chunk.first, chunk.first + size))
    if last == first:
        contact = np.zeros(size, dtype=np.bool_)
    organisation = first + (rng.random(size) ** 1.7 * (last - first)).astype(np.int64)
    return {
        "retail": retail,
        "web": web,
        "account": account,
        "contact": contact,
        "login": login,
        "guest": guest,
        "subscriber": subscriber,
        "messaged": messaged,
        "survey": chance(rng, size, np.where(retail, 0.1, 0.01)),
        "external": chance(rng, size, np.where(retail, 0.35, 0.02)),
        "organisation": np.where(contact, organisation, -1),
        "hub": _hubs(world, chunk, retail & messaged),
    }


def _hubs(world: World, chunk: Chunk, eligible: Bools) -> Ints:
    """The neutral shared mailbox each person uses, or -1: one a chunk of the first cohort."""
    hub = np.full(len(eligible), -1, dtype=np.int64)
    members = np.flatnonzero(eligible)[:HUB_PEOPLE]
    if chunk.cohort == 1 and world.parameters.people >= HUB_FROM and len(members) == HUB_PEOPLE:
        hub[members] = chunk.number
    return hub


def make_organisations(world: World, chunk: Chunk) -> Organisations:
    """The organisations that the contacts of a chunk work for."""
    batch = world.batches[chunk.cohort - 1]
    rng = world.rng("organisations", chunk.cohort, chunk.number)
    first, last = (-(-at // ORGANISATION_EVERY) for at in (chunk.first, chunk.first + chunk.count))
    index = np.arange(first, last, dtype=np.int64)
    size = len(index)
    scale = rng.pareto(1.6, size)
    return Organisations(
        index=index,
        head=rng.integers(0, len(words.COMPANY_HEADS), size),
        tail=rng.integers(0, len(words.COMPANY_TAILS), size),
        kind=np.where(scale > _ENTERPRISE, 0, 1 + choose(rng, size, (0.7, 0.3))),
        industry=rng.integers(0, len(words.INDUSTRIES), size),
        place=some_places(rng, choose(rng, size, COUNTRY_WEIGHTS)),
        since=_since(rng, batch, size),
        size=1 + scale,
        service_luck=rng.normal(0, 0.5, size),
    )


def later(since: Ints, rng: Rng, mean_days: float, latest: int) -> Ints:
    """Times some days after `since`, none after `latest`."""
    delay = (rng.exponential(mean_days, len(since)) * DAY).astype(np.int64)
    return np.minimum(since + delay, np.maximum(since, latest))


def in_turn(index: Ints, batch: int, every: int, salt: int) -> Bools:
    """Whose turn it is to change: one in `every`, each once in `every` batches."""
    return (share_of(index, salt) * every).astype(np.int64) == batch % every


def household_ids(household: Ints) -> pa.Array:
    """Ids of households for the truth."""
    return numbered("H", household, 7)


def person_ids(person: Ints) -> pa.Array:
    """Ids of people for the truth."""
    return numbered("P", person, 7)


def organisation_ids(organisation: Ints) -> pa.Array:
    """Ids of organisations for the truth."""
    return numbered("O", organisation, 7)
