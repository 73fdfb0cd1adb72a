"""Who is who, in plain Python: the rules of docs/identity.md, written from the page alone.

It is what the warehouse is compared with, so it shares nothing with its SQL. Functions are named
after the page's words and stand in its order.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from itertools import combinations
from pathlib import Path
from typing import TypeVar

TITLES = {
    "mr", "mister", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "sir", "dame",
    "lord", "lady", "hon", "capt", "herr", "herrn", "frau", "familie", "family", "dipl", "ing",
    "mag", "mme", "mlle", "madame", "monsieur", "sr", "sra", "srta", "senor", "senora", "signor",
    "signora",
}  # fmt: skip
SUFFIXES = {name: name for name in ("jr", "sr", "ii", "iii", "iv")} | {
    "junior": "jr",
    "senior": "sr",
}
CLASSES = ("key", "contact", "device")
# Reasons that are found as a value's turn comes; a hub of people is told as any other.
PEOPLE_HUB = "hub of people"
IN_TURN = (PEOPLE_HUB, "no_name", "window")

K = TypeVar("K")
T = TypeVar("T")


# What there is: records, links, settings


@dataclass(frozen=True)
class Record:
    record_key: str
    node_id: int
    party_type: str = "person"
    record_kind: str = "respondent"
    source_record_id: str = ""
    source_name: str = ""
    first_name: str | None = None
    last_name: str | None = None
    birth_date: date | None = None


@dataclass(frozen=True)
class Link:
    record_key: str
    identifier_type: str
    value: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class IdentifierType:
    """A row of the seed identifier_types; a cap that is None does not hold."""

    identifier_type: str
    klass: str
    joins_people: bool = True
    joins_organisations: bool = False
    max_people_per_value: int | None = None
    max_records_per_value: int | None = None
    max_records_per_day: int | None = None
    max_values_per_customer: int | None = None
    max_values_per_record: int | None = None
    needs_name: bool = False
    needs_birth_date: bool = False
    window_days: int | None = None

    def joins(self, party_type: str) -> bool:
        return self.joins_organisations if party_type == "organisation" else self.joins_people


NOTHING = IdentifierType("", "", joins_people=False)  # a type that the seed does not know


@dataclass(frozen=True)
class Blocked:
    """A row of the seed identifier_blocklist."""

    identifier_type: str
    match_kind: str
    value: str

    def matches(self, link: Link, settings: "Settings") -> bool:
        kind = link.identifier_type
        if self.identifier_type not in ("*", kind):
            return False
        value = compared(kind, link.value, settings).lower()
        if self.match_kind == "exact":
            return value == compared(kind, self.value.lower(), settings)
        pattern = self.value.replace("[[]", r"\[")  # of POSIX's spellings the one Python warns of
        return re.search(pattern, value) is not None


@dataclass(frozen=True)
class MailDomain:
    """A row of the seed mail_domains: what a provider ignores."""

    compared_domain: str
    ignores_dots: bool
    ignores_tags: bool


@dataclass(frozen=True)
class Override:
    """A row of the seed identity_overrides; `isolate` has a left record alone."""

    left: str
    right: str | None
    decision: str
    decided_at: str = ""


@dataclass(frozen=True)
class Settings:
    as_of_date: date
    correction_days: int = 7
    max_records_per_customer: int = 2000
    types: dict[str, IdentifierType] = field(default_factory=dict)
    blocklist: tuple[Blocked, ...] = ()
    nicknames: dict[str, set[str]] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    namespaces: dict[tuple[str, str], str] = field(default_factory=dict)  # by system and type
    mail_domains: dict[str, MailDomain] = field(default_factory=dict)

    def decided(self, decision: str) -> list[Override]:
        """The overrides that hold: the later of two on one pair, in either order of its keys."""
        latest: dict[frozenset[str | None], Override] = {}
        for override in sorted(self.overrides, key=lambda o: (o.decided_at, o.decision)):
            latest[frozenset({override.left, override.right})] = override
        return [override for override in latest.values() if override.decision == decision]


@dataclass(frozen=True)
class Resolution:
    """The anchor of each record's customer, and why links were dropped.

    dropped: the reason, by record key, identifier type and value.
    """

    anchors: dict[str, str]
    dropped: dict[tuple[str, str, str], str]

    @property
    def customers(self) -> dict[str, list[str]]:
        """The records of each customer, by its anchor."""
        return grouped(sorted(self.anchors), self.anchors.__getitem__)


def read_settings(seeds: Path, as_of_date: date, **others: int) -> Settings:
    """The settings that the seeds of a project make."""

    def rows(seed: str) -> list[dict[str, str]]:
        path = seeds / f"{seed}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return Settings(
        as_of_date,
        types={row["identifier_type"]: type_of_row(row) for row in rows("identifier_types")},
        blocklist=tuple(
            Blocked(row["identifier_type"], row["match_kind"], row["blocked_value"])
            for row in rows("identifier_blocklist")
        ),
        nicknames=nicknames_of(rows("nicknames")),
        overrides=tuple(
            Override(
                row["left_record_key"],
                row["right_record_key"] or None,
                row["decision"],
                row["decided_at"],
            )
            for row in rows("identity_overrides")
        ),
        namespaces={
            (row["source_name"], row["identifier_type"]): row["namespace"]
            for row in rows("identifier_namespaces")
        },
        mail_domains={
            row["mail_domain"]: MailDomain(
                row["compared_domain"],
                row["ignores_dots"].lower() == "true",
                row["ignores_tags"].lower() == "true",
            )
            for row in rows("mail_domains")
        },
        **others,
    )


def type_of_row(row: dict[str, str]) -> IdentifierType:
    flags = ("joins_people", "joins_organisations", "needs_name", "needs_birth_date")
    caps = (
        "max_people_per_value",
        "max_records_per_value",
        "max_records_per_day",
        "max_values_per_customer",
        "max_values_per_record",
        "window_days",
    )
    return IdentifierType(
        row["identifier_type"],
        row["class"],
        **{name: row[name].lower() == "true" for name in flags},
        **{name: int(row[name]) if row[name] else None for name in caps},  # type: ignore[arg-type]
    )


# What a record says of who it is


@dataclass(frozen=True)
class Profile:
    given: str | None = None
    family: str | None = None
    suffix: str | None = None
    birth_date: date | None = None
    second: str | None = None

    @property
    def full_name(self) -> tuple[str, str] | None:
        if self.given is None or self.family is None or is_initial(self.given):
            return None
        return self.given, self.family


FOLDED = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ŧ": "t", "ħ": "h", "ð": "d"}
    | {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)


def normalise_name(text: str | None) -> str | None:
    """Lower case, accents folded, punctuation to blanks; None where no Latin letter or digit is."""
    if text is None:
        return None
    decomposed = unicodedata.normalize("NFD", text.replace("İ", "I").lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(FOLDED)
    plain = re.sub("['’‘´`.]", "", plain)
    if not re.fullmatch("[ -~–—\t\n\r]*", plain):
        return None
    return re.sub("[^a-z0-9]+", " ", plain).strip() or None


def words_of(name: str | None) -> list[str]:
    """The words of a name as it is compared: one that is not Latin as it is written."""
    normalised = normalise_name(name)
    if normalised is None and name and any(letter.isalpha() for letter in name):
        normalised = name.lower()
    umlaut = "([bcdfghjklmnprstvwxz][aou])e([a-z])"  # that is spelled out
    return re.sub(umlaut, r"\1\2", normalised or "").split()


def profile_of(record: Record) -> Profile | None:
    """What the record says; None where it is silent, or an organisation's."""
    if record.party_type == "organisation":
        return None
    given = given_name(record.first_name)
    if given is None and record.birth_date is None:
        return None
    family, suffix = family_name(record.last_name)
    return Profile(given, family, suffix, record.birth_date, second_name(record.first_name))


def given_name(first_name: str | None) -> str | None:
    words = words_of(first_name)
    return next((word for word in words if word not in TITLES), None)


def second_name(first_name: str | None) -> str | None:
    """The second half of a double given name, Anna-Lena."""
    halves = re.split("[-‐‑–]", first_name or "")
    if len(halves) < 2 or len([word for word in words_of(halves[0]) if word not in TITLES]) != 1:
        return None
    return given_name(halves[1])


def family_name(last_name: str | None) -> tuple[str | None, str | None]:
    """The family name and the generation suffix behind it."""
    words = words_of(last_name)
    suffix = SUFFIXES.get(words[-1]) if len(words) > 1 else None
    if suffix:
        words.pop()
    return " ".join(words) or None, suffix


# When two profiles contradict each other


def contradict(one: Profile, other: Profile, nicknames: dict[str, set[str]]) -> bool:
    return names_contradict(one, other, nicknames) or birth_dates_contradict(one, other)


def names_contradict(one: Profile, other: Profile, nicknames: dict[str, set[str]]) -> bool:
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return True
    if one.given is None or other.given is None:
        return False
    if one.second and other.second and not is_alike_second(one, other):
        return True
    return not (
        one.given + (one.second or "") == other.given + (other.second or "")
        or one.given == other.given
        or is_initial_of(one.given, other.given)
        or is_initial_of(other.given, one.given)
        or bool(names_of(one.given, nicknames) & names_of(other.given, nicknames))
        or is_typo(one, other)
        or (one.given, one.family) == (other.family, other.given)
    )


def is_alike_second(one: Profile, other: Profile) -> bool:
    """Whether the second halves of two double names may be one."""
    assert one.second is not None and other.second is not None
    return (
        one.second == other.second
        or is_initial_of(one.second, other.second)
        or is_initial_of(other.second, one.second)
        or is_typo(replace(one, given=one.second), replace(other, given=other.second))
    )


def nicknames_of(rows: Iterable[Mapping[str, str]]) -> dict[str, set[str]]:
    """What each nickname may stand for, as names are compared."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        nickname, given = (" ".join(words_of(row[key])) for key in ("nickname", "given_name"))
        found[nickname].add(given)
    return dict(found)


def names_of(given: str, nicknames: dict[str, set[str]]) -> set[str]:
    """A name, and what it is a nickname of."""
    return {given} | nicknames.get(given, set())


def is_initial(name: str) -> bool:
    return len(name) == 1 and name.isascii()


def is_initial_of(initial: str, name: str) -> bool:
    return is_initial(initial) and name.startswith(initial)


def is_typo(one: Profile, other: Profile) -> bool:
    if one.family is not None and other.family is not None and one.family != other.family:
        return False
    assert one.given is not None and other.given is not None
    longer = max(len(one.given), len(other.given))
    distance = edit_distance(one.given, other.given)
    start = longer - distance
    is_latin = one.given.isascii() and other.given.isascii()
    return is_latin and distance * 5 <= longer and one.given[:start] != other.given[:start]


@cache
def edit_distance(one: str, other: str) -> int:
    """How many letters to put in, take out or replace make one of the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, other_letter in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other_letter)))
    return row[-1]


def birth_dates_contradict(one: Profile, other: Profile) -> bool:
    if one.birth_date is None or other.birth_date is None or one.birth_date == other.birth_date:
        return False
    is_same_name = one.given is not None and one.given == other.given
    return not (is_same_name and is_slip(one.birth_date, other.birth_date))


def is_slip(one: date, other: date) -> bool:
    """Whether one date of a year is the other with day and month swapped, or with a digit wrong."""
    digits = zip(f"{one:%m%d}", f"{other:%m%d}", strict=True)
    return one.year == other.year and (
        (one.month, one.day) == (other.day, other.month) or sum(a != b for a, b in digits) == 1
    )


# Clusters

ValueKey = tuple[str, str, str, str]  # identifier type, namespace, value, party type


@dataclass(frozen=True, eq=False)
class Cluster:
    """Records joined so far, by what they say and what their links that are not dropped carry."""

    anchor: int
    party_type: str
    records: frozenset[str]
    profiles: frozenset[Profile]
    values: dict[str, frozenset[ValueKey]]  # by identifier type
    classes: frozenset[str]  # of those types, and of what was dropped as its turn came

    @cached_property
    def full_names(self) -> frozenset[tuple[str, str]]:
        return frozenset(p.full_name for p in self.profiles if p.full_name)

    @cached_property
    def named_births(self) -> frozenset[tuple[tuple[str, str], date]]:
        """Full name and birth date, of one profile."""
        return frozenset(
            (p.full_name, p.birth_date) for p in self.profiles if p.full_name and p.birth_date
        )


Pair = frozenset[Cluster]


@dataclass
class State:
    """How far the work is: who is joined, and which links are dropped."""

    settings: Settings
    records: dict[str, Record]
    links: list[Link]
    anchors: dict[str, str]
    dropped: dict[Link, str]

    def live_links(self) -> list[Link]:
        return [link for link in self.links if link not in self.dropped]

    def clusters(self) -> dict[str, Cluster]:
        """The cluster of each record."""
        members = grouped(self.anchors, self.anchors.__getitem__)
        values: dict[str, dict[str, set[ValueKey]]] = defaultdict(lambda: defaultdict(set))
        for link in self.live_links():
            values[self.anchors[link.record_key]][link.identifier_type].add(value_of(link, self))
        classes: dict[str, set[str]] = defaultdict(set)
        for link in self.links:
            if self.dropped.get(link) in (None, *IN_TURN):
                classes[self.anchors[link.record_key]].add(kind_of(link, self).klass)
        cluster_of: dict[str, Cluster] = {}
        for anchor, keys in members.items():
            cluster = Cluster(
                self.records[anchor].node_id,
                self.records[anchor].party_type,
                frozenset(keys),
                frozenset(p for p in (profile_of(self.records[key]) for key in keys) if p),
                {kind: frozenset(carried) for kind, carried in values[anchor].items()},
                frozenset(classes[anchor]),
            )
            cluster_of |= dict.fromkeys(keys, cluster)
        return cluster_of


class Contradictions:
    """Which of several clusters contradict each other, in one tier."""

    def __init__(self, state: State, tier: str, cluster_of: dict[str, Cluster]) -> None:
        self.settings = state.settings
        self.tier = tier
        self.apart: dict[Cluster, set[Cluster]] = defaultdict(set)
        for override in state.settings.decided("unlink"):
            left = cluster_of.get(override.left)
            right = cluster_of.get(override.right or "")
            if left and right and left is not right:
                self.apart[left].add(right)
                self.apart[right].add(left)
        self.seen: dict[tuple[Profile, Profile], bool] = {}

    def is_known(self, cluster: Cluster) -> bool:
        if self.tier == "override":
            return True
        if self.tier == "device":
            return bool(cluster.profiles or cluster.classes & {"key", "contact"})
        return bool(cluster.profiles)

    def among(self, clusters: Collection[Cluster]) -> set[Pair]:
        """The pairs that are in dispute among them."""
        return set(self._pairs(set(clusters)))

    def any_among(self, clusters: Collection[Cluster]) -> bool:
        return next(self._pairs(set(clusters)), None) is not None

    def _pairs(self, clusters: set[Cluster]) -> Iterator[Pair]:
        for cluster in clusters:
            yield from (frozenset({cluster, other}) for other in self.apart[cluster] & clusters)
        if self.tier == "override":
            return
        if self.tier == "device":
            yield from map(frozenset, combinations(filter(self.is_known, clusters), 2))
        for one, other in combinations([c for c in clusters if c.profiles], 2):
            if self._profiles_contradict(one, other):
                yield frozenset({one, other})
        yield from self._over_key_caps(clusters)

    def _profiles_contradict(self, one: Cluster, other: Cluster) -> bool:
        return any(self._contradict(p, q) for p in one.profiles for q in other.profiles)

    def _contradict(self, one: Profile, other: Profile) -> bool:
        pair = one, other
        if pair not in self.seen:
            self.seen[pair] = contradict(one, other, self.settings.nicknames)
        return self.seen[pair]

    def _over_key_caps(self, clusters: set[Cluster]) -> Iterator[Pair]:
        for kind in self.settings.types.values():
            carriers = [c for c in clusters if c.values.get(kind.identifier_type)]
            if kind.max_values_per_customer is None or len(carriers) < 2:
                continue
            carried = [c.values[kind.identifier_type] for c in carriers]
            together = len(frozenset().union(*carried))
            if together > max(kind.max_values_per_customer, *map(len, carried)):
                yield from map(frozenset, combinations(carriers, 2))


# Which links may join at all


def drop_links(state: State) -> None:
    """Drops, for one reason after the other, what no joining of records could change."""
    for reason, of in (
        ("blocked", of_blocked_values),
        ("isolated", of_isolated_records),
        ("shared_record", of_shared_records),
        ("type", of_types_that_do_not_join),
        ("too_many_values", of_records_with_too_many_values),
        ("hub", of_values_with_too_many_records),
        ("crowded_day", of_values_with_a_crowded_day),
    ):
        state.dropped |= dict.fromkeys(of(state), reason)


def of_isolated_records(state: State) -> list[Link]:
    isolated = {override.left for override in state.settings.decided("isolate")}
    return [link for link in state.live_links() if link.record_key in isolated]


def of_blocked_values(state: State) -> list[Link]:
    settings = state.settings
    return [
        link
        for link in state.live_links()
        if any(row.matches(link, settings) for row in settings.blocklist)
    ]


def of_shared_records(state: State) -> list[Link]:
    """The links of persons' records behind which there may be more than one."""
    blocked = {
        (link.record_key, link.value) for link, why in state.dropped.items() if why == "blocked"
    }

    def is_shared(record: Record, links: list[Link]) -> bool:
        logins = sum(link.identifier_type == "login_id" for link in links)
        naming = {x.identifier_type for x in links if x.value == record.source_record_id}
        return record.party_type == "person" and (
            (record.record_kind == "browser" and logins > 1)
            or (record.record_key, record.source_record_id) in blocked
            or {"loyalty_id", "crm_account"} <= naming  # the shop's number and the CRM's
        )

    of_record = grouped(state.live_links(), lambda link: link.record_key)
    return [x for key, own in of_record.items() if is_shared(state.records[key], own) for x in own]


def of_types_that_do_not_join(state: State) -> list[Link]:
    return [
        link
        for link in state.live_links()
        if not kind_of(link, state).joins(state.records[link.record_key].party_type)
    ]


def of_records_with_too_many_values(state: State) -> list[Link]:
    carried = grouped(state.live_links(), lambda link: (link.record_key, link.identifier_type))
    return [
        link
        for links in carried.values()
        for link in links
        if state.records[link.record_key].party_type == "person"
        and exceeds(
            len({value_of(x, state) for x in links}), kind_of(link, state).max_values_per_record
        )
    ]


def of_values_with_too_many_records(state: State) -> list[Link]:
    return [
        link
        for links in grouped(state.live_links(), lambda link: value_of(link, state)).values()
        for link in links
        if exceeds(records_of(links), kind_of(link, state).max_records_per_value)
    ]


def of_values_with_a_crowded_day(state: State) -> list[Link]:
    """What makes a machine public is that many were seen there, whatever they may join."""
    return [
        link
        for links in grouped(state.links, lambda link: value_of(link, state)).values()
        if exceeds(most_on_a_day(links), kind_of(links[0], state).max_records_per_day)
        for link in links
        if link not in state.dropped
    ]


def kind_of(link: Link, state: State) -> IdentifierType:
    return state.settings.types.get(link.identifier_type, NOTHING)


def value_of(link: Link, state: State) -> ValueKey:
    """A value that people and organisations carry is two values, and one of two namespaces is."""
    record = state.records[link.record_key]
    namespace = state.settings.namespaces.get((record.source_name, link.identifier_type), "")
    return (
        link.identifier_type,
        namespace,
        compared(link.identifier_type, link.value, state.settings),
        record.party_type,
    )


def compared(identifier_type: str, value: str, settings: Settings) -> str:
    """A value as it is compared: an email without what its provider ignores."""
    name, _, domain = value.partition("@")
    provider = settings.mail_domains.get(domain)
    if identifier_type not in ("email", "visitor_email") or provider is None:
        return value
    if provider.ignores_tags:
        name = name.partition("+")[0]
    if provider.ignores_dots:
        name = name.replace(".", "")
    return f"{name}@{provider.compared_domain}"


def most_on_a_day(links: list[Link]) -> int:
    """How many records were first seen with a value on the day on which most were."""
    return max(map(records_of, grouped(links, lambda x: x.first_seen_at.date()).values()))


def records_of(links: list[Link]) -> int:
    return len({link.record_key for link in links})


def exceeds(count: int, cap: int | None) -> bool:
    return cap is not None and count > cap


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups


def drop_links_of_tier(state: State, tier: str) -> None:
    """Drops what depends on the clusters, of the values whose turn it is."""
    cluster_of = state.clusters()
    rules = Contradictions(state, tier, cluster_of)
    for (identifier_type, *_), links in links_of_tier(state, tier, cluster_of):
        kind = state.settings.types[identifier_type]
        carriers = {cluster_of[link.record_key] for link in links}
        people = sum(is_person(cluster, tier) for cluster in carriers)
        if exceeds(people, kind.max_people_per_value):
            state.dropped |= dict.fromkeys(links, PEOPLE_HUB)
            continue
        is_named = {link: says_enough(cluster_of[link.record_key], kind) for link in links}
        named = [link for link in links if is_named[link]]
        state.dropped |= {link: "no_name" for link in links if not is_named[link]}
        outside = links_out_of_window(named, kind, cluster_of, rules)
        state.dropped |= dict.fromkeys(outside, "window")


def links_of_tier(
    state: State, tier: str, cluster_of: dict[str, Cluster]
) -> Iterator[tuple[ValueKey, list[Link]]]:
    """The values of a tier that more than one cluster carries, with their links."""
    live = [link for link in state.live_links() if kind_of(link, state).klass == tier]
    for value, links in sorted(grouped(live, lambda x: value_of(x, state)).items()):
        if len({cluster_of[link.record_key] for link in links}) > 1:
            yield value, links


def is_person(cluster: Cluster, tier: str) -> bool:
    return bool(cluster.profiles) or (tier != "key" and "key" in cluster.classes)


def says_enough(cluster: Cluster, kind: IdentifierType) -> bool:
    if kind.needs_birth_date:
        return bool(cluster.named_births)
    return bool(cluster.full_names) or not kind.needs_name


def links_out_of_window(
    links: list[Link],
    kind: IdentifierType,
    cluster_of: dict[str, Cluster],
    rules: Contradictions,
) -> list[Link]:
    """Links of anonymous records, too long before or after the one known person was seen."""
    anonymous = [link for link in links if not rules.is_known(cluster_of[link.record_key])]
    seen = sightings([link for link in links if link not in set(anonymous)], cluster_of)
    if kind.window_days is None or len(seen) != 1:
        return []
    window = timedelta(days=kind.window_days)
    [(first, last)] = seen.values()
    earliest, latest = first.date() - window, last.date() + window
    return [
        link
        for link in anonymous
        if link.last_seen_at.date() < earliest or link.first_seen_at.date() > latest
    ]


# Of one value


@dataclass
class Value:
    """What one value joins.

    full: what rules 1 to 3 join; named: what of it a full name supports. With each silent cluster
    in `silent` go the known ones or the owner it goes with, in `speechless` the silent ones among
    themselves. neighbours: what a silent carrier has in them by this value.
    """

    full: list[set[Cluster]] = field(default_factory=list)
    named: list[set[Cluster]] = field(default_factory=list)
    silent: dict[Cluster, set[Cluster]] = field(default_factory=dict)
    speechless: set[Cluster] = field(default_factory=set)
    neighbours: dict[Cluster, set[Cluster]] = field(default_factory=dict)


def judge_value(
    kind: IdentifierType,
    links: list[Link],
    cluster_of: dict[str, Cluster],
    rules: Contradictions,
) -> Value:
    seen = sightings(links, cluster_of)
    carriers = set(seen)
    known = {cluster for cluster in carriers if rules.is_known(cluster)}
    silent = carriers - known
    disputed = rules.among(carriers)
    named = of_one_name(known, rules, with_birth_date_only=kind.needs_birth_date)
    if kind.needs_name or kind.needs_birth_date:
        return Value(full=named, named=named)
    if not disputed:
        return Value(
            full=[known],
            named=named,
            silent={cluster: known for cluster in silent if known},
            speechless=silent if not known else set(),
            neighbours={cluster: known for cluster in silent},
        )
    owner = None if rules.tier == "device" else owner_of(known, disputed, seen)
    if owner is None:
        return Value(full=named, named=named)
    following = followers(owner, silent, disputed, seen, rules)
    return Value(
        full=named,
        named=named,
        silent={cluster: {owner} for cluster in following},
        neighbours={cluster: {owner} for cluster in following},
    )


Sightings = dict[Cluster, tuple[datetime, datetime]]


def sightings(links: Iterable[Link], cluster_of: dict[str, Cluster]) -> Sightings:
    """When each cluster was first and last seen with a value."""
    return {
        cluster: (min(x.first_seen_at for x in own), max(x.last_seen_at for x in own))
        for cluster, own in grouped(links, lambda x: cluster_of[x.record_key]).items()
    }


def of_one_name(
    clusters: Iterable[Cluster], rules: Contradictions, *, with_birth_date_only: bool
) -> list[set[Cluster]]:
    """The groups of rule 2: of one full name, and of one full name and birth date."""
    by_name: dict[object, set[Cluster]] = defaultdict(set)
    for cluster in clusters:
        names: set[object] = set(cluster.named_births)
        if not with_birth_date_only:
            names |= cluster.full_names
        for name in names:
            by_name[name].add(cluster)
    return [group for group in by_name.values() if not rules.any_among(group)]


def owner_of(known: set[Cluster], disputed: set[Pair], seen: Sightings) -> Cluster | None:
    candidates = known.union(*disputed)
    first = min(seen[cluster][0] for cluster in candidates)
    firsts = [cluster for cluster in candidates if seen[cluster][0] == first]
    return firsts[0] if len(firsts) == 1 else None


def followers(
    owner: Cluster,
    silent: set[Cluster],
    disputed: set[Pair],
    seen: Sightings,
    rules: Contradictions,
) -> set[Cluster]:
    """The silent clusters that go with the owner of a disputed value."""
    of_owner = [pair for pair in disputed if owner in pair]
    rivals = set().union(*(of_owner or disputed)) - {owner}
    rival_came = min(seen[rival][0] for rival in rivals)
    undisputed = silent.difference(*disputed)
    corrected_by = rival_came.date() + timedelta(days=rules.settings.correction_days)
    if rules.settings.as_of_date <= corrected_by:
        return undisputed
    return {cluster for cluster in undisputed if seen[cluster][1] < rival_came}


# Of one silent cluster, and of all together


def close_tier(state: State, values: list[Value], rules: Contradictions) -> None:
    """Joins what the values of a tier join, where nothing contradicts."""
    neighbours: dict[Cluster, set[Cluster]] = defaultdict(set)
    for value in values:
        for cluster, others in value.neighbours.items():
            neighbours[cluster] |= others
    torn = {cluster for cluster, others in neighbours.items() if rules.any_among(others)}
    steadfast = {c for c, others in neighbours.items() if len(others) == 1 or of_one(others)}

    def joins(step: int) -> Iterator[set[Cluster]]:
        for value in values:
            yield from value.full if step < 2 else value.named
            if step == 0:
                yield value.speechless - torn
            for cluster in value.silent.keys() - torn:
                others = value.silent[cluster] - torn
                if step > 0:  # none between two silent ones
                    others = {other for other in others if rules.is_known(other)}
                if step < 2 or cluster in steadfast:
                    yield {cluster} | others

    unsettled = None
    for step in range(3):
        groups = components(joins(step), within=unsettled)
        good = [group for group in groups if is_sound(group, rules)]
        for group in good:
            join(state, group)
        unsettled = set().union(*groups).difference(*good)


def of_one(clusters: set[Cluster]) -> bool:
    """Whether they have one full name alone, in each of their profiles."""
    names = {profile.full_name for cluster in clusters for profile in cluster.profiles}
    return None not in names and len(names) == 1 and all(c.profiles for c in clusters)


def is_sound(group: set[Cluster], rules: Contradictions) -> bool:
    size = sum(len(cluster.records) for cluster in group)
    return size <= rules.settings.max_records_per_customer and not rules.any_among(group)


def components(
    joins: Iterable[set[Cluster]], within: set[Cluster] | None = None
) -> list[set[Cluster]]:
    """What is joined directly or through others."""
    parents: dict[Cluster, Cluster] = {}

    def root(cluster: Cluster) -> Cluster:
        while parents.setdefault(cluster, cluster) is not cluster:
            parents[cluster] = parents[parents[cluster]]
            cluster = parents[cluster]
        return cluster

    for group in joins:
        members = list(group if within is None else group & within)
        for member in members:
            parents[root(member)] = root(members[0])
    return [set(component) for component in grouped(list(parents), root).values()]


def join(state: State, group: set[Cluster]) -> None:
    anchor = min(
        (key for cluster in group for key in cluster.records),
        key=lambda key: state.records[key].node_id,
    )
    for cluster in group:
        state.anchors |= dict.fromkeys(cluster.records, anchor)


# The tiers


def resolve(records: Iterable[Record], links: Iterable[Link], settings: Settings) -> Resolution:
    """Who is one customer, and which links had no part in it."""
    by_key = {record.record_key: record for record in records}
    state = State(
        settings,
        by_key,
        [link for link in links if link.record_key in by_key],
        {key: key for key in by_key},
        {},
    )
    drop_links(state)
    join_overrides(state)
    for tier in CLASSES:
        drop_links_of_tier(state, tier)
        cluster_of = state.clusters()
        rules = Contradictions(state, tier, cluster_of)
        values = [
            judge_value(settings.types[identifier_type], own, cluster_of, rules)
            for (identifier_type, *_), own in links_of_tier(state, tier, cluster_of)
        ]
        close_tier(state, values, rules)
    dropped = {
        (link.record_key, link.identifier_type, link.value): reason.removesuffix(" of people")
        for link, reason in state.dropped.items()
    }
    return Resolution(state.anchors, dropped)


def join_overrides(state: State) -> None:
    """Joins the pairs that are linked by hand; who is isolated joins nobody."""
    cluster_of = state.clusters()
    rules = Contradictions(state, "override", cluster_of)
    isolated = {override.left for override in state.settings.decided("isolate")}
    values = []
    for override in state.settings.decided("link"):
        pair = {cluster_of.get(override.left), cluster_of.get(override.right or "")}
        keys = {override.left, override.right}
        if None in pair or keys & isolated or len({c.party_type for c in pair if c}) > 1:
            continue
        carriers = {cluster for cluster in pair if cluster}
        named = of_one_name(carriers, rules, with_birth_date_only=False)
        values.append(Value(full=[carriers], named=named))
    close_tier(state, values, rules)
