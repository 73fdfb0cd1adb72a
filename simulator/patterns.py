"""What makes identity hard: who of a chunk plays which pattern, and with whom.

Everything here is true of people for good, so it is drawn once for a cohort, each pattern from a
generator of its own: with a rate of zero a pattern draws nobody and changes nothing, and what one
pattern does leaves the players of another as they are. The patterns of single rows (numbers that
mean nobody, browsers open to the public, cookies nobody wants) are drawn where the rows are made.

A pattern is played only where the data can prove that two are two. Who is nowhere known by name
cannot be told apart from who shares his mailbox or device, nor who bears another's given name from
that one after a wedding (docs/identity.md, "What no rule can tell"): a case that nobody could tell
would measure luck.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from simulator.text import DAY, Bools, Floats, Ints, Rng, chance, share_of
from simulator.words import FIRST_NAMES

if TYPE_CHECKING:
    from simulator.world import People

DEFAULT_RATES: Mapping[str, float] = {
    # of partners whom the shop knows both by name: one uses the other's mailbox, everywhere
    "family_mailboxes": 0.06,
    # of partners whom the shop knows both by name, who came after the other: systems that know no
    # names write to one mailbox for both
    "silent_systems": 0.6,
    # of contacts who came after a colleague of another given name: took over a mailbox that is
    # named after the work
    "hand_overs": 0.12,
    # of customers who came half a year after another: have the telephone the other gave up
    "recycled_numbers": 0.06,
    # of tickets: the customer number is a word or a key held down
    "placeholder_ids": 0.04,
    # of customers: born on 1900-01-01, says the shop
    "placeholder_dates": 0.008,
    # of customers whose birth date can be read both ways: day and month are swapped in the shop
    "swapped_dates": 0.03,
    # of customers with a name of five letters or more: one letter of it is another in the shop
    "typos": 0.012,
    # of pairs of young siblings: twins, both customers
    "twins": 0.05,
    # of pairs of customers who live alone: one is called as the other, half of them at one address
    "namesakes": 0.1,
    # of those who live with somebody who logs in too: share a tablet, each in a browser of his own,
    # and always log in on it, since an anonymous browser is taken for the one's who is known there
    "shared_devices": 0.25,
    # of visits: in a library, on one browser with others
    "public_devices": 0.016,
    # of visits: the cookie is the word for who wants none
    "opted_out_browsers": 0.003,
    # of those who log in: the browser forgets its cookies every week
    "forgetful_browsers": 0.01,
    # of the numbers of the bought profiles: somebody else's in the shop. Where it is not zero that
    # system counts its customers apart, and none of its numbers is the shop's
    "two_numberings": 0.03,
}
"""How often each pattern occurs: a share of those who could play it, which the line above says."""
OF_TWO = frozenset(DEFAULT_RATES) - {
    "placeholder_ids", "placeholder_dates", "swapped_dates", "typos", "opted_out_browsers",
    "forgetful_browsers", "two_numberings",
}  # fmt: skip
"""Patterns that are seen only where records of two people are."""
NO_PART = -1
_YOUNGER, _MONTHS, _AT_ONE_ADDRESS = 3, 12, 0.5
_HALF_A_YEAR = 180 * DAY
_TIME_TO_TELL = 14 * DAY
"""Before so long it might be a slip of the pen that another gives a mailbox (`correction_days`)."""
_NOBODYS_BIRTH = (date(1900, 1, 1) - date(1970, 1, 1)).days * DAY


def checked(
    rates: Mapping[str, float], others: Mapping[str, float] = DEFAULT_RATES
) -> dict[str, float]:
    """The rates of all patterns, in order; those not named are as the others say.

    Raises ValueError that says which is wrong and what is allowed.
    """
    for name, rate in rates.items():
        if name not in DEFAULT_RATES:
            known = ", ".join(DEFAULT_RATES)
            raise ValueError(f"--pattern {name}: there is no such pattern; there are {known}")
        if not 0 <= rate <= 1:
            raise ValueError(f"--pattern {name}={rate}: a rate from 0 to 1")
    return {**others, **rates}


def cast(
    people: "People", rates: Mapping[str, float], rng: Callable[[str], Rng], end: int
) -> dict[str, Ints]:
    """The parts of a chunk, by pattern: the place of the other one in each person's case.

    end: of the batch in which they came.

    Who is alone in it has his own place, who plays no part `NO_PART`. Twins and namesakes are made
    so here; the other patterns show where systems write people down.
    """
    place = np.arange(people.count)
    head = place - people.position
    parts: dict[str, Ints] = {}

    def give(pattern: str, able: Bools, other: Ints) -> Bools:
        plays = able & chance(rng(pattern), people.count, rates[pattern])
        parts[pattern] = np.where(plays, other, NO_PART)
        return plays

    _make_twins(people, np.flatnonzero(give("twins", people.position == _YOUNGER, place - 1)))
    single = np.bincount(head, minlength=people.count) == 1
    older = _predecessors(single & people.retail, people.country, place)
    give("namesakes", older >= 0, older)
    _make_namesakes(people, parts["namesakes"])

    named = people.retail & (people.hub < 0)
    partner = (people.position == 1) & named & named[head] & ~_called_alike(people, head)
    settled = np.maximum(people.since, people.since[head]) < end - _TIME_TO_TELL
    shared = give("family_mailboxes", partner & settled, head)
    written_to = people.subscriber & people.subscriber[head]
    came_second = people.since > people.since[head]
    give("silent_systems", partner & written_to & came_second & ~shared, head)
    before = _predecessors(people.contact, people.organisation, people.since)
    give("hand_overs", (before >= 0) & ~_called_alike(people, before), before)
    caller = _predecessors(people.retail, people.country, share_of(people.index, 131))
    came_later = people.since >= people.since[caller] + _HALF_A_YEAR
    give("recycled_numbers", (caller >= 0) & came_later, caller)

    undated = give("placeholder_dates", people.retail, place)
    _, month, day = _calendar(people.birth)
    readable = people.retail & (day < _MONTHS) & (day != month) & ~undated
    give("swapped_dates", readable, place)
    give("typos", people.retail & people.has_long_name, place)
    logs_in = people.web & people.login
    give("shared_devices", logs_in & logs_in[head] & (people.position > 0), head)
    give("forgetful_browsers", logs_in, place)
    bought = np.flatnonzero(people.retail & people.external)
    others = np.full(people.count, NO_PART)
    others[bought] = np.roll(bought, 1)
    give("two_numberings", (others >= 0) & (others != place), others)
    return parts


def _called_alike(people: "People", other: Ints) -> Bools:
    """Who has the given name of the other one, or one with the same nickname."""
    short = FIRST_NAMES.nicknames.dictionary_encode().indices.to_numpy()[people.first]
    return np.asarray(short == short[other])


def _predecessors(members: Bools, group: Ints, order: Ints | Floats) -> Ints:
    """Every second member of a group in some order has the one before; the others `NO_PART`."""
    found = np.full(len(members), NO_PART, dtype=np.int64)
    sorted_ = np.flatnonzero(members)
    sorted_ = sorted_[np.lexsort((order[sorted_], group[sorted_]))]
    rank = np.arange(len(sorted_)) - np.searchsorted(group[sorted_], group[sorted_])
    second = np.flatnonzero(rank % 2 == 1)
    found[sorted_[second]] = sorted_[second - 1]
    return found


def _make_twins(people: "People", younger: Ints) -> None:
    people.birth[younger] = people.birth[younger - 1]
    for place in (younger, younger - 1):
        people.retail[place] = True
        people.guest[place] = False


def _make_namesakes(people: "People", named_after: Ints) -> None:
    """The same name; every other pair lives at one address, and does not know each other."""
    named = np.flatnonzero(named_after >= 0)
    other = named_after[named]
    for column in (
        people.gender, people.first, people.surname, people.former_surname, people.renamed_at,
    ):  # fmt: skip
        column[named] = column[other]
    near = share_of(people.index[named], 132) < _AT_ONE_ADDRESS
    for home in (people.home, people.former_home):
        for column in vars(home).values():
            column[named[near]] = column[other[near]]
    people.moved_at[named[near]] = people.moved_at[other[near]]


def _calendar(day: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month (from 0) and day (from 0) of days in epoch seconds."""
    days = (day // DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    return (
        years.astype(np.int64),
        (months - years.astype("datetime64[M]")).astype(np.int64),
        (days - months.astype("datetime64[D]")).astype(np.int64),
    )


def birth_in_the_shop(people: "People", who: Ints) -> tuple[Ints, Bools]:
    """Birth dates as the shop has them, and which of them it was surely told."""
    birth = people.birth[who]
    swapped, undated = people.plays("swapped_dates")[who], people.plays("placeholder_dates")[who]
    year, month, day = _calendar(birth)
    months = (
        (_MONTHS * year + np.minimum(day, _MONTHS - 1))
        .astype("datetime64[M]")
        .astype("datetime64[D]")
    )
    birth = np.where(swapped, (months.astype(np.int64) + month) * DAY, birth)
    return np.where(undated, _NOBODYS_BIRTH, birth), swapped | undated
