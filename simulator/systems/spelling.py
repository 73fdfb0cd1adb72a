"""How systems write a person down: spellings of names, addresses, mailboxes and telephones."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import words
from simulator.phones import INTERNATIONAL_STYLES, written
from simulator.text import Bools, Ints, Rng, chance, choose, join, keep, pick, put, share_of, where
from simulator.world import People, Places

ROLES = (
    "info",
    "sales",
    "support",
    "team",
    "office",
    "contact",
    "hello",
    "admin",
    "noreply",
    "no-reply",
    "test",
)
_TYPO_SHARE = 0.015
_ALPHABET = pa.array(list("abcdefghijklmnopqrstuvwxyz"), pa.string())


def some(column: pa.Array, mask: Bools) -> pa.Array:
    """The values where the mask is true."""
    return column.filter(pa.array(mask))


def with_typos(rng: Rng, column: pa.Array, share: float = _TYPO_SHARE) -> pa.Array:
    """A letter dropped, doubled or swapped with the next, in some of the values."""
    size = len(column)
    mask = chance(rng, size, share) & np.asarray(
        pc.greater(pc.utf8_length(column), 4).fill_null(False)
    )
    kind = rng.integers(0, 9, size)
    for number in range(9):
        at, slip = 1 + number % 3, number // 3
        mine = mask & (kind == number)
        word = some(column, mine)
        head, tail = pc.utf8_slice_codeunits(word, 0, at), pc.utf8_slice_codeunits(word, at)
        letter, rest = pc.utf8_slice_codeunits(tail, 0, 1), pc.utf8_slice_codeunits(tail, 1)
        following, end = pc.utf8_slice_codeunits(rest, 0, 1), pc.utf8_slice_codeunits(rest, 1)
        wrong = (join(head, rest), join(head, letter, tail), join(head, following, letter, end))[
            slip
        ]
        column = put(column, mine, wrong)
    return column


def in_another_case(rng: Rng, column: pa.Array, share: float = 0.04) -> pa.Array:
    """Some values all in capitals, some all in small letters."""
    mask, upper = chance(rng, len(column), share), chance(rng, len(column), 0.7)
    column = put(column, mask & upper, pc.utf8_upper(some(column, mask & upper)))
    return put(column, mask & ~upper, pc.utf8_lower(some(column, mask & ~upper)))


def _spelled(rng: Rng, pools: words.Pools, code: Ints, nicknames: float) -> pa.Array:
    name = pick(pools.words, code)
    without_accents = chance(rng, len(code), 0.15)
    name = where(without_accents, pick(pools.plain, code), name)
    name = where(chance(rng, len(code), nicknames), pick(pools.nicknames, code), name)
    return in_another_case(rng, with_typos(rng, name))


def given_name(rng: Rng, people: People, who: Ints, *, nicknames: float = 0.06) -> pa.Array:
    """Given name as a system has it."""
    return _spelled(rng, words.FIRST_NAMES, people.first[who], nicknames)


def misspelt(people: People, who: Ints) -> pa.Array:
    """Given names with one letter wrong, the same in every version; never one of the last two."""
    names = pick(words.FIRST_NAMES.words, people.first[who])
    length = np.asarray(pc.utf8_length(names).to_numpy(zero_copy_only=False))
    at = (share_of(people.index[who], 133) * (length - 2)).astype(np.int64)
    for place in np.unique(at):
        mine = at == place
        name = some(names, mine)
        head, letter, tail = (
            pc.utf8_slice_codeunits(name, *part)
            for part in ((0, place), (place, place + 1), (place + 1, None))
        )
        code = pc.index_in(pc.utf8_lower(letter), value_set=_ALPHABET).fill_null(0).to_numpy()
        wrong = pick(_ALPHABET, (code + 1 + people.index[who][mine] % 25) % 26)
        names = put(names, mine, join(head, pc.utf8_upper(wrong) if place == 0 else wrong, tail))
    return names


def last_name(rng: Rng, people: People, who: Ints, when: Ints) -> pa.Array:
    """Surname at the time the system last heard of the person."""
    return _spelled(rng, words.SURNAMES, people.surname_of(who, when), 0.0)


def street_for(rng: Rng, place: Places) -> pa.Array:
    """First line of an address: spelled out or abbreviated, a few with a slip."""
    short = chance(rng, len(place.city), 0.3)
    line = where(short, place.line(short=True), place.line())
    return in_another_case(rng, with_typos(rng, line, 0.01), 0.02)


def hub_mailbox(number: Ints) -> pa.Array:
    """A mailbox many people give, whose name does not say so."""
    return join("thehouse", pc.cast(pa.array(number), pa.string()), "@letters.example")


def email_for(
    rng: Rng, people: People, who: Ints, *, second: float, plus: float = 0.0, absent: float = 0.0,
    hub: bool = False,
) -> pa.Array:  # fmt: skip
    """The mailbox a system knows, as it was typed: `second` is the share that gave their other one.

    Where it says nothing of whom (`hub`) some gave a shared mailbox, with the name of a role or
    not.
    """
    size = len(who)
    email = where(
        chance(rng, size, second), pick(people.second_email, who), pick(people.email, who)
    )
    tagged = chance(rng, size, plus)
    email = put(
        email, tagged, pc.replace_substring(some(email, tagged), "@", "+shop@", max_replacements=1)
    )
    if hub:
        role = chance(rng, size, 0.004)
        box = join(pick(ROLES, rng.integers(0, len(ROLES), int(role.sum()))), "@example.com")
        email = put(email, role, box)
        shared = people.hub[who] >= 0
        email = put(email, shared, hub_mailbox(people.hub[who][shared]))
    email = typed_email(rng, email)
    return keep(~chance(rng, size, absent), email)


def typed_email(rng: Rng, email: pa.Array) -> pa.Array:
    """The same mailboxes, some in capitals, a few with full-width characters."""
    wide = chance(rng, len(email), 0.002)
    email = put(email, wide, pc.replace_substring(some(email, wide), "@", "\uff20"))
    return in_another_case(rng, email, 0.03)


def phone_for(rng: Rng, people: People, who: Ints, when: Ints, *, absent: float = 0.0) -> pa.Array:
    """A person's own telephone at a time, written with its country code."""
    style = choose(rng, len(who), INTERNATIONAL_STYLES)
    number = written(people.country[who], people.mobile_at(who, when), style)
    return keep(~chance(rng, len(who), absent), number)
