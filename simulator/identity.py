"""What is true of identity: what records carry, what of it ties them, which patterns they play.

Read from the rows as they are written, whatever was spoilt in them. A mailbox, telephone, customer
number, login or device is somebody's *own* where all records that carry it and are a person's are
one person's. Two records of a person are *tied* where they carry an own identifier of his in
common, directly or through others of his records: more than that no rule could go by but names,
birth dates and addresses, which other people have too. A value that a later version of a row no
longer says still ties, as it was there to be seen.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.mess import Outcome
from simulator.patterns import OF_TWO
from simulator.scene import RECORD, Scene, Signs
from simulator.systems.retail import forgotten
from simulator.systems.salesforce import work_email
from simulator.systems.web import device_codes, device_ids
from simulator.text import Ints, first_of, join, keep, nothing, pick, same, whole
from simulator.truth import normalised_email, trimmed
from simulator.world import login_id, loyalty_id, person_ids

EMAIL, PHONE, NUMBER, THEIR_NUMBER, LOGIN, DEVICE = (
    "email", "phone", "customer_number", "number_of_external", "login", "device",
)  # fmt: skip
IDENTIFIERS = pa.schema(
    [(name, pa.string()) for name in ("record_key", "identifier_type", "identifier_value")]
)
PATTERNS = pa.schema(
    [
        (name, pa.string())
        for name in ("pattern", "case_id", "record_key", "identifier_type", "identifier_value")
    ]
)
"""Which records show a case of a pattern, and by which identifier; none where the row shows it."""


@dataclass(frozen=True)
class _Carrier:
    """How rows of a table are read: what names the record, the first that is there, and the types
    of the columns that hold identifiers.
    """

    names: Mapping[str, str]
    types: Mapping[str, str] = field(default_factory=dict)


def _by_number(number: str, email: str | None = None) -> _Carrier:
    """Records named by a customer number, else by a mailbox."""
    if email is None:
        return _Carrier({number: ""}, {number: NUMBER})
    return _Carrier({number: "", email: "email:"}, {number: NUMBER, email: EMAIL})


_OF_CUSTOMERS = _by_number("customer_id")
_OF_CUSTOMERS_OR_MAILBOXES = _by_number("customer_id", "email")
_OF_SUBJECTS = _Carrier(
    {"customer_id": "", "email": "email:", "phone": "phone:"},
    {"customer_id": NUMBER, "email": EMAIL, "phone": PHONE},
)
_CARRIERS = {
    "salesforce.account": _Carrier(
        {"id": ""}, {"account_number": NUMBER, "email": EMAIL, "phone": PHONE}
    ),
    "salesforce.contact": _Carrier(
        {"id": ""}, {"email": EMAIL, "phone": PHONE, "mobile_phone": PHONE}
    ),
    "servicenow.incident": _by_number("account_number", "caller_email"),
    "servicenow.metric_result": _OF_CUSTOMERS,
    "cx_survey.survey_response": _OF_CUSTOMERS_OR_MAILBOXES,
    "oracle_brm.subscription": _OF_CUSTOMERS,
    "oracle_brm.billing_transaction": _OF_CUSTOMERS,
    "oracle_brm.usage": _OF_CUSTOMERS,
    "retail.customers": _Carrier(
        {"customer_id": ""},
        {"customer_id": NUMBER, "email_address": EMAIL, "phone_number": PHONE},
    ),
    "retail.transactions": _OF_CUSTOMERS,
    "web.events": _Carrier(
        {"cookie_id": "cookie:", "device_id": "device:", "login_id": "login:"},
        {"device_id": DEVICE, "login_id": LOGIN, "email": EMAIL, "phone": PHONE},
    ),
    "marketing.engagement_events": _OF_CUSTOMERS_OR_MAILBOXES,
    "marketing.preferences": _OF_CUSTOMERS,
    "support.tickets": _by_number("customer_id", "requester_email"),
    "support.interactions": _OF_CUSTOMERS,
    "external.profiles": _OF_CUSTOMERS_OR_MAILBOXES,
    "external.sentiment": _OF_CUSTOMERS,
    "customer_io.people": _Carrier({"cio_id": ""}, {"id": NUMBER, "email": EMAIL, "phone": PHONE}),
    "customer_io.devices": _Carrier({"cio_id": ""}, {"device_id": DEVICE}),
    "privacy.consent_events": _OF_SUBJECTS,
    "privacy.requests": _OF_SUBJECTS,
}
_NOBODYS_PHONE = "|".join(str(digit) * 7 for digit in range(10))


@dataclass
class Identity:
    """Records, the identifiers they carry, and which of them show a case of a pattern."""

    records: pa.Table
    identifiers: pa.Table
    patterns: pa.Table

    @classmethod
    def of(cls, scene: Scene, records: pa.Table, carried_: pa.Table) -> "Identity":
        """What is true of a chunk; values of rows that make no record are nobody's."""
        known = pc.is_in(carried_["record_key"], value_set=records["record_key"])
        identifiers = distinct(carried_.filter(known))
        return cls(records, identifiers, _played(scene, records, identifiers))

    def leave_out(self, met: pa.Array) -> pa.Array:
        """Drops the records that other chunks have met, as a role's mailbox, and names all such.

        A browser is met in one chunk only.
        """
        keys = self.records["record_key"]
        self.records = self.records.filter(pc.invert(pc.is_in(keys, value_set=met)))
        owned = pc.coalesce(self.records["person_id"], self.records["organisation_id"])
        keys = self.records["record_key"].filter(pc.is_null(owned))
        keys = keys.filter(pc.invert(pc.match_substring_regex(keys, "^web:(cookie:c|device)")))
        return pa.concat_arrays([met, keys.combine_chunks()])


def carried(scene: Scene, outcome: Outcome) -> pa.Table:
    """The identifiers of a table's rows."""
    is_apart = scene.rate("two_numberings") > 0
    table = outcome.table
    carrier = _CARRIERS.get(table.name)
    if carrier is None:
        return IDENTIFIERS.empty_table()
    used = dict.fromkeys([*carrier.names, *carrier.types])
    rows = distinct(pa.table({name: outcome.columns[name] for name in used}))
    texts = {name: trimmed(rows[name].combine_chunks()) for name in used}
    keys = first_of(
        *(
            join(f"{table.source}:{prefix}", _as_named(texts[name], prefix))
            for name, prefix in carrier.names.items()
        )
    )
    parts = []
    for name, kind in carrier.types.items():
        theirs = kind == NUMBER and is_apart and table.source == "external"
        values = _READ.get(kind, pc.coalesce)(texts[name])
        # No word for nobody and no role's mailbox has a digit in it; all that is somebody's has.
        real = pc.match_substring_regex(values, "[0-9]").fill_null(False)
        size = pc.sum(real).as_py() or 0
        kinds = same(THEIR_NUMBER if theirs else kind, size)
        parts.append(pa.table([keys.filter(real), kinds, values.filter(real)], schema=IDENTIFIERS))
    return distinct(pa.concat_tables(parts))


def distinct(table: pa.Table) -> pa.Table:
    """Every row once, in the order in which they first came."""
    return table.group_by(table.column_names, use_threads=False).aggregate([])


def _as_named(text: pa.Array, prefix: str) -> pa.Array:
    """A value as it stands in the key of a record."""
    if prefix == "phone:":
        return join("+", pc.replace_substring_regex(text, "[^0-9]", ""))
    return normalised_email(text) if prefix == "email:" else text


def _national(phone: pa.Array) -> pa.Array:
    """Telephones without the code of their country; none where it is a placeholder or no number."""
    bare = pc.replace_substring_regex(phone, r"\(0\)| ext.*$|[^0-9+]", "")
    bare = pc.replace_substring_regex(bare, r"^(\+|00)(44|49|33|1)", "")
    bare = pc.replace_substring_regex(bare, "^0", "")
    real = pc.match_substring_regex(bare, "^[0-9]{9,}$")
    nobodys = pc.match_substring_regex(bare, _NOBODYS_PHONE)
    return pc.if_else(pc.and_not(real, nobodys), bare, pa.scalar(None, pa.string()))


_READ = {EMAIL: normalised_email, PHONE: _national}


def tied(records: pa.Table, identifiers: pa.Table) -> pa.Table:
    """The records, each of a person's with the first one it is tied to (itself, if to no other)."""
    keys = records["record_key"].combine_chunks()
    person = _codes(records["person_id"])
    place = pc.index_in(identifiers["record_key"], value_set=keys)
    identifiers, record = identifiers.filter(pc.is_valid(place)), place.drop_null().to_numpy()
    value = _codes(join(identifiers["identifier_type"], " ", identifiers["identifier_value"]))
    of_person = person[record] >= 0
    record, value = record[of_person], value[of_person]
    low, high = _range(value, person[record])
    own = low[value] == high[value]
    record, value = record[own], value[own]
    first = np.arange(len(keys))
    while True:
        lowest, _ = _range(value, first[record])
        nearer = first.copy()
        np.minimum.at(nearer, record, lowest[value])
        if (nearer == first).all():
            break
        first = nearer
    of_persons = pa.array(first, mask=person < 0)
    place = records.column_names.index("tied_to")
    return records.set_column(place, "tied_to", keys.take(of_persons))


def _codes(column: pa.ChunkedArray) -> Ints:
    """A number for each value, -1 for null."""
    codes = column.combine_chunks().dictionary_encode().indices
    return codes.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def _range(group: Ints, values: Ints) -> tuple[Ints, Ints]:
    """The lowest and the highest value of each group, by its number."""
    size = int(group.max(initial=-1)) + 1
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(low, group, values)
    np.maximum.at(high, group, values)
    return low, high


def _cast_signs(scene: Scene) -> Iterator[Signs]:
    """How the parts that the people of a chunk play show in what records carry."""
    people, known = scene.people, ~forgotten(scene)
    registered = keep(known, join("retail:", loyalty_id(people.index)))

    def sign(pattern: str, kind: str, values: pa.Array, *, other: bool = False) -> Signs:
        cast = people.cast[pattern]
        players = np.flatnonzero(cast >= 0)
        shown = cast[players] if other else players
        return Signs(pattern, person_ids(people.index[players]), kind, pick(values, shown))

    everybody = np.arange(people.count)
    yield sign("family_mailboxes", EMAIL, people.email)
    yield sign("silent_systems", EMAIL, people.family_email)
    yield sign("silent_systems", EMAIL, people.email, other=True)
    yield sign("hand_overs", EMAIL, work_email(scene, everybody))
    yield sign("recycled_numbers", PHONE, whole(people.mobile))
    tablets = device_ids(device_codes(scene, everybody, np.zeros_like(everybody)))
    yield sign("shared_devices", DEVICE, tablets, other=True)
    yield sign("forgetful_browsers", LOGIN, login_id(people.index))
    yield sign("two_numberings", THEIR_NUMBER, loyalty_id(people.index), other=True)
    for pattern in ("placeholder_dates", "swapped_dates", "typos"):
        yield sign(pattern, RECORD, registered)
    for pattern in ("twins", "namesakes"):
        for other in (False, True):
            yield sign(pattern, RECORD, registered, other=other)


def _played(scene: Scene, records: pa.Table, identifiers: pa.Table) -> pa.Table:
    """Which records of a chunk show a case of a pattern."""
    shown = [PATTERNS.empty_table()]
    for signs in (*scene.signs, *_cast_signs(scene)):
        size = len(signs.values)
        names = pa.table({"pattern": same(signs.pattern, size), "case_id": signs.cases})
        if signs.kind == RECORD:
            none = nothing(size)
            found = names.append_column("record_key", signs.values)
            found = found.filter(pc.is_in(signs.values, value_set=records["record_key"]))
            for name in PATTERNS.names[3:]:
                found = found.append_column(name, none[: len(found)])
        else:
            names = names.append_column("identifier_type", same(signs.kind, size))
            names = names.append_column("identifier_value", signs.values)
            on = PATTERNS.names[3:]
            found = identifiers.join(names, on, join_type="inner")
        shown.append(found.select(PATTERNS.names).cast(PATTERNS))
    in_order = [(name, "ascending") for name in PATTERNS.names]
    return distinct(pa.concat_tables(shown)).sort_by(in_order)


def times(known: Identity) -> Counter[str]:
    """How many cases of each pattern are there to be seen.

    Where a pattern takes two, in records of two people or in a row that is nobody's in particular.
    """
    patterns, records = known.patterns, known.records
    place = pc.index_in(patterns["record_key"], value_set=records["record_key"])
    person = records["person_id"].take(place)
    # A row that shows a case by itself; that a mailbox names a record does not make it two people.
    nobodys = pc.and_(pc.is_null(person), pc.is_null(patterns["identifier_type"]))
    patterns = patterns.append_column("person", person).append_column("nobodys", nobodys)
    company = records["organisation_id"].take(place)
    cases = patterns.filter(pc.is_null(company)).group_by(["pattern", "case_id"])
    counted = cases.aggregate(
        [
            ("person", "count_distinct", pc.CountOptions(mode="only_valid")),
            ("nobodys", "any"),
        ]
    )
    pattern = counted["pattern"].to_pylist()
    needed = np.array([2 if name in OF_TWO else 1 for name in pattern], dtype=np.int64)
    seen = counted["person_count_distinct"].to_numpy() >= needed
    seen |= counted["nobodys_any"].to_numpy()
    return Counter(name for name, is_seen in zip(pattern, seen, strict=True) if is_seen)
