"""The oracle does what docs/identity.md says, one small example a rule."""

from datetime import date, datetime, timedelta

import pytest

from tests.identity.oracle import (
    Blocked,
    IdentifierType,
    Link,
    MailDomain,
    Override,
    Profile,
    Record,
    Resolution,
    Settings,
    contradict,
    profile_of,
    resolve,
)

DAY = datetime(2026, 1, 1)
TYPES = {
    kind.identifier_type: kind
    for kind in (
        IdentifierType("crm_account", "key", joins_organisations=True, max_values_per_record=1),
        IdentifierType("loyalty_id", "key", max_people_per_value=3, max_values_per_record=1),
        IdentifierType("login_id", "key", max_values_per_customer=2, max_values_per_record=2),
        IdentifierType(
            "email", "contact", max_people_per_value=4, max_records_per_value=9,
            max_values_per_record=3,
        ),
        IdentifierType("visitor_email", "contact", joins_people=False),
        IdentifierType("phone", "contact", needs_name=True),
        IdentifierType("address_name", "contact", needs_name=True, needs_birth_date=True),
        IdentifierType("cookie_id", "device"),
        IdentifierType("device_id", "device", max_records_per_day=3, window_days=90),
    )
}  # fmt: skip
GMAIL = MailDomain("gmail.com", ignores_dots=True, ignores_tags=True)
MAIL_DOMAINS = {"gmail.com": GMAIL, "googlemail.com": GMAIL}
NAMESPACES = {("v", "crm_account"): "second"}
NICKNAMES = {"bob": {"robert"}, "rob": {"robert", "robin"}, "robert": {"rupert"}}


def person(key: str, name: str = "", born: str | None = None, kind: str = "profile") -> Record:
    """A record named by its key; of its name the first word is the given one."""
    first, _, last = name.partition(" ")
    birth_date = date.fromisoformat(born) if born else None
    number = sum(ord(letter) * 300**place for place, letter in enumerate(reversed(key)))
    return Record(key, number, "person", kind, key, key, first or None, last or None, birth_date)


def organisation(key: str) -> Record:
    return Record(key, ord(key), "organisation")


def carries(key: str, kind: str, value: str, first: float = 0, last: float | None = None) -> Link:
    """A link that was first and last seen so many days after the first day."""
    seen = [DAY + timedelta(days=days) for days in (first, first if last is None else last)]
    return Link(key, kind, value, *seen)


def found(
    records: list[Record],
    links: list[Link],
    *overrides: Override,
    day: str = "2026-06-01",
    most: int = 100,
    blocklist: tuple[Blocked, ...] = (),
) -> Resolution:
    settings = Settings(
        date.fromisoformat(day), 7, most, TYPES, blocklist, NICKNAMES, tuple(overrides), NAMESPACES,
        MAIL_DOMAINS,
    )  # fmt: skip
    resolution = resolve(records, links, settings)
    again = resolve(reversed(records), reversed(links), settings)
    assert (again.anchors, again.dropped) == (resolution.anchors, resolution.dropped)
    return resolution


def joined(records: list[Record], links: list[Link], *overrides: Override, **others: object) -> str:
    """The customers in short: `ab c` where a and b are one."""
    resolution = found(records, links, *overrides, **others)  # type: ignore[arg-type]
    return " ".join("".join(keys) for keys in resolution.customers.values())


def why(records: list[Record], links: list[Link], *overrides: Override, **others: object) -> str:
    """Why links were dropped: `a:hub b:hub`."""
    dropped = found(records, links, *overrides, **others).dropped  # type: ignore[arg-type]
    return " ".join(f"{key}:{reason}" for (key, _, _), reason in sorted(dropped.items()))


# What a record says of who it is


@pytest.mark.parametrize(
    ("first", "last", "profile"),
    [
        ("Anna", "Berg", Profile("anna", "berg")),
        ("Dr. Anna Maria", "von Berg", Profile("anna", "von berg")),
        ("Mr", "Berg", None),
        (None, "Berg", None),
        ("Jörg-Uwe", "O’Neil", Profile("jorg", "oneil", second="uwe")),
        ("Dr. Anna–Lena Maria", "Berg", Profile("anna", "berg", second="lena")),
        ("Dr.-Ing. Anna-Lena", "Berg", Profile("anna", "berg")),
        ("Maria Anna-Lena", "Berg", Profile("maria", "berg")),
        ("Øyvind", "Strauß", Profile("oyvind", "strauss")),
        ("Joerg", "Mueller", Profile("jorg", "muller")),
        ("Анна Мария", "ван Берг", Profile("анна", "ван берг")),
        ("??", "Berg", None),
        ("John", "Hill, Jr.", Profile("john", "hill", "jr")),
        ("John", "Hill junior", Profile("john", "hill", "jr")),
        ("John", "Hill III", Profile("john", "hill", "iii")),
        ("John", "Senior", Profile("john", "senior")),
    ],
)
def test_profile(first: str | None, last: str, profile: Profile | None) -> None:
    assert profile_of(Record("a", 1, first_name=first, last_name=last)) == profile


def test_birth_date_alone_is_a_profile() -> None:
    born = date(1980, 1, 2)
    assert profile_of(Record("a", 1, birth_date=born)) == Profile(birth_date=born)


def test_organisations_have_no_profile() -> None:
    assert profile_of(Record("a", 1, "organisation", first_name="Anna", last_name="Berg")) is None


def test_full_name_needs_both_names_and_no_initial() -> None:
    assert Profile("anna", "berg").full_name == ("anna", "berg")
    assert Profile("a", "berg").full_name is None
    assert Profile("anna").full_name is None


# When two profiles contradict each other


@pytest.mark.parametrize(
    ("one", "other", "is_contradiction"),
    [
        (("anna", "berg"), ("anna", "hill"), False),
        (("a", "berg"), ("anna", "berg"), False),
        (("b", "berg"), ("anna", "berg"), True),
        (("bob", "hill"), ("robert", "hill"), False),
        (("bob", "hill"), ("rob", "hill"), False),
        (("bob", "hill"), ("rupert", "hill"), True),  # a nickname's nickname
        (("r", "hill"), ("bob", "hill"), True),
        (("peter", "jones"), ("paul", "jones"), True),
        (("catherine", "hill"), ("katherine", "hill"), False),
        (("catherine", "hill"), ("katherine", "berg"), True),
        (("catherine", None), ("katherine", "berg"), False),
        (("jan", "berg"), ("jon", "berg"), True),  # a third of its letters
        (("daniel", "berg"), ("daniela", "berg"), True),  # the ending alone
        (("maria", "berg"), ("marie", "berg"), True),
        (("marta", "berg"), ("marla", "berg"), False),
        (("berg", "anna"), ("anna", "berg"), False),
        (("berg", None), ("anna", "berg"), True),
    ],
)
def test_names(
    one: tuple[str, str | None], other: tuple[str, str | None], is_contradiction: bool
) -> None:
    for pair in ((one, other), (other, one)):
        left, right = (Profile(*names) for names in pair)
        assert contradict(left, right, NICKNAMES) is is_contradiction


@pytest.mark.parametrize(
    ("one", "other", "is_contradiction"),
    [
        ("Anna-Lena", "Anna-Maria", True),
        ("Anna-Lena", "Anna", False),
        ("Anna-Lena", "Anna L.", False),
        ("Anna-Lena", "Anna-L.", False),
        ("Anna-Lena", "Annalena", False),
        ("Anna-Lena", "Anna Maria", False),
        ("Karl-Friedrich", "Karl-Freidrich", True),  # two letters of nine
        ("Karl-Friedrich", "Karl-Fridrich", False),
        ("Anna-Lena", "Petra-Lena", True),
    ],
)
def test_double_names(one: str, other: str, is_contradiction: bool) -> None:
    profiles = [
        profile_of(Record("a", 1, first_name=name, last_name="Roth")) for name in (one, other)
    ]
    left, right = (profile for profile in profiles if profile)
    assert contradict(left, right, {}) is contradict(right, left, {}) is is_contradiction


def test_two_suffixes_contradict_and_one_does_not() -> None:
    junior, senior = Profile("john", "hill", "jr"), Profile("john", "hill", "sr")
    assert contradict(junior, senior, {})
    assert not contradict(junior, Profile("john", "hill"), {})


@pytest.mark.parametrize(
    ("one", "other", "is_contradiction"),
    [
        ("1980-03-04", "1980-03-04", False),
        ("1980-03-04", "1980-04-03", False),
        ("1980-03-04", "1980-03-14", False),
        ("1980-03-04", "1980-03-15", True),
        ("1980-03-04", "1981-03-04", True),
        ("1980-03-04", "1981-04-03", True),
    ],
)
def test_birth_dates(one: str, other: str, is_contradiction: bool) -> None:
    left, right = (Profile("anna", None, None, date.fromisoformat(text)) for text in (one, other))
    assert contradict(left, right, {}) is is_contradiction


def test_slips_in_birth_dates_need_one_given_name() -> None:
    one, other = date(1980, 3, 4), date(1980, 4, 3)
    assert contradict(Profile("bob", None, None, one), Profile("rob", None, None, other), NICKNAMES)
    assert contradict(Profile(birth_date=one), Profile(birth_date=other), {})


# Which links may join at all

SHARED = [carries("a", "email", "x"), carries("b", "email", "x")]
TWO = [person("a"), person("b")]


def test_value_joins_its_records() -> None:
    assert joined(TWO, SHARED) == "ab"


def test_isolated() -> None:
    isolate = Override("b", None, "isolate")
    assert why(TWO, SHARED, isolate) == "b:isolated"
    assert joined(TWO, SHARED, isolate, Override("a", "b", "link")) == "a b"


@pytest.mark.parametrize("row", [Blocked("*", "exact", "x"), Blocked("email", "pattern", "^X?x$")])
def test_blocked(row: Blocked) -> None:
    assert why(TWO, SHARED, blocklist=(row,)) == "a:blocked b:blocked"


def test_browser_of_two_logins_is_shared() -> None:
    links = [carries("a", "login_id", login) for login in "xy"]
    assert why([person("a", kind="browser")], links) == "a:shared_record a:shared_record"
    assert why([person("a", kind="login")], links) == ""


def test_record_named_by_a_blocked_value_is_shared() -> None:
    links = [carries("a", "loyalty_id", "a"), carries("a", "email", "x")]
    row = Blocked("*", "exact", "a")
    assert why(TWO, links, blocklist=(row,)) == "a:shared_record a:blocked"


def test_record_named_by_a_number_of_two_systems_is_shared() -> None:
    links = [carries("a", kind, "a") for kind in ("crm_account", "loyalty_id")]
    assert why(TWO, links) == "a:shared_record a:shared_record"


def test_type_that_joins_nobody() -> None:
    assert why(TWO, [carries("a", "visitor_email", "x")]) == "a:type"
    assert why([organisation("a")], [carries("a", "email", "x")]) == "a:type"


def test_too_many_values_of_a_person() -> None:
    links = [carries("a", "email", email) for email in "wxyz"]
    assert why(TWO, links) == " ".join(["a:too_many_values"] * 4)
    accounts = [carries("a", "crm_account", number) for number in "xy"]
    assert why([organisation("a")], accounts) == ""


def test_hub_of_records() -> None:
    at_cap = [person(key) for key in "abcdefghi"]
    assert joined(at_cap, [carries(r.record_key, "email", "x") for r in at_cap]) == "abcdefghi"
    over = [*at_cap, person("j")]
    links = [carries(record.record_key, "email", "x") for record in over]
    assert set(found(over, links).dropped.values()) == {"hub"}


def test_hub_of_people() -> None:
    at_cap = [person(key, "Anna") for key in "abcd"] + [person("s")]
    links = [carries(key, "email", "x") for key in "abcds"]
    assert joined(at_cap, links) == "abcds"
    over = [*at_cap, person("e", "Anna")]
    links.append(carries("e", "email", "x"))
    assert joined(over, links) == "a b c d e s"
    assert set(found(over, links).dropped.values()) == {"hub"}


def test_hub_counts_clusters_and_from_the_contacts_on_those_with_a_key() -> None:
    records = [person(key) for key in "abcdef"]
    emails = [carries(key, "email", "x") for key in "abcdef"]
    numbers = [carries(key, "loyalty_id", key + "!") for key in "abcde"]
    assert joined(records, emails) == "abcdef"
    assert joined(records, emails + numbers) == "a b c d e f"
    one_number = [carries(key, "loyalty_id", "n") for key in "abcde"]
    assert joined(records, emails + one_number) == "abcdef"


def test_crowded_day() -> None:
    records = [person(key) for key in "abcd"]
    links = [carries(key, "device_id", "x", n / 10) for n, key in enumerate("abcd")]
    assert set(found(records, links).dropped.values()) == {"crowded_day"}
    links[3] = carries("d", "device_id", "x", 1)
    assert joined(records, links) == "abcd"


def test_crowded_day_counts_those_who_are_isolated() -> None:
    records = [person(key) for key in "abcd"]
    links = [carries(key, "device_id", "x") for key in "abcd"]
    assert joined(records, links, Override("a", None, "isolate")) == "a b c d"


def test_no_name() -> None:
    records = [person("a", "Anna Berg"), person("b", "Anna Berg"), person("c", "Anna"), person("d")]
    phones = [carries(key, "phone", "1") for key in "abcd"]
    assert why(records, phones) == "c:no_name d:no_name"
    assert joined(records, phones) == "ab c d"


def test_no_name_without_birth_date() -> None:
    records = [
        person("a", "Anna Berg", "1980-01-01"),
        person("b", "Anna Berg", "1980-01-01"),
        person("c", "Anna Berg"),
    ]
    links = [carries(key, "address_name", "1") for key in "abc"]
    assert why(records, links) == "c:no_name"
    assert joined(records, links) == "ab c"


def test_name_and_birth_date_are_those_of_one_profile() -> None:
    records = [person("a", "Anna Berg"), person("b", born="1980-01-01"), person("c", "Anna Berg")]
    links = [carries(key, "address_name", "1") for key in "ac"]
    assert why(records, links, Override("a", "b", "link")) == "a:no_name c:no_name"


def test_no_name_is_told_of_values_of_several_clusters_only() -> None:
    assert why(TWO, [carries("a", "phone", "1")]) == ""


def test_reasons_count_what_those_before_have_left() -> None:
    links = [carries("a", "email", email) for email in "wxyz"]
    assert why(TWO, links, blocklist=(Blocked("*", "exact", "w"),)) == "a:blocked"


@pytest.mark.parametrize("contact", ["phone", "email"])
def test_contact_that_is_dropped_in_its_turn_makes_known_on_a_device(contact: str) -> None:
    """By a telephone without a name, and by a mailbox of five."""
    records = [person(key, "Anna Berg") for key in "acdef"] + [person("b")]
    links = [carries(key, contact, "1") for key in "abcdef"]
    links += [carries(key, "cookie_id", "1") for key in "ab"]
    assert "b" in joined(records, links).split()
    assert "b:no_name" in why(records, links) or "b:hub" in why(records, links)


def test_window() -> None:
    records = [person("a", "Anna Berg"), person("b"), person("c"), person("d")]
    links = [
        carries("a", "device_id", "x", 100.9, 110),
        carries("b", "device_id", "x", 0, 9),
        carries("c", "device_id", "x", 5, 10.5),
        carries("d", "device_id", "x", 201, 300),
    ]
    assert why(records, links) == "b:window d:window"
    assert joined(records, links) == "ac b d"


# The tiers


def test_overrides_join_whatever_contradicts() -> None:
    records = [person("a", "Anna Berg"), person("b", "Zoe Hill")]
    assert joined(records, [], Override("a", "b", "link")) == "ab"


def test_later_of_two_overrides_holds_in_either_order_of_keys() -> None:
    link, unlink = (
        Override("a", "b", "link", "2026-01-01"),
        Override("b", "a", "unlink", "2026-01-02"),
    )
    assert joined(TWO, SHARED, unlink, link) == "a b"


def test_unlink_keeps_apart_along_a_path() -> None:
    records = [*TWO, person("c")]
    links = [Override("a", "b", "link"), Override("b", "c", "link"), Override("a", "c", "unlink")]
    assert joined(records, [], *links) == "a b c"


def test_override_of_an_unknown_record_waits() -> None:
    assert joined(TWO, [], Override("a", "z", "link")) == "a b"


def test_person_and_organisation_are_never_joined() -> None:
    records = [person("a"), organisation("b"), organisation("c")]
    links = [carries(key, "crm_account", "1") for key in "abc"]
    assert joined(records, links, Override("a", "b", "link")) == "a bc"


def test_number_of_two_namespaces_is_two() -> None:
    records = [person(key) for key in "abv"]
    assert joined(records, [carries(key, "crm_account", "1") for key in "abv"]) == "ab v"


def test_emails_are_compared_without_what_their_provider_ignores() -> None:
    emails = {"a": "j.o@gmail.com", "b": "jo+x@googlemail.com", "c": "j.o@example.com"}
    links = [carries(key, "email", email) for key, email in emails.items()]
    assert joined([person(key) for key in "abc"], links) == "ab c"
    assert (
        joined([person(key) for key in "abc"], [*links, carries("c", "email", "jo@example.com")])
        == "ab c"
    )


def test_keys_come_before_contacts() -> None:
    """The number gives the silent record a name, which the stranger's mailbox meets."""
    records = [person("a", "Anna Berg"), person("b"), person("c", "Zoe Hill")]
    links = [
        carries("a", "loyalty_id", "1"),
        carries("b", "loyalty_id", "1"),
        carries("b", "email", "x"),
        carries("c", "email", "x"),
    ]
    assert joined(records, links) == "ab c"


def test_device_joins_nobody_to_another() -> None:
    records = [person("a", "Anna Berg"), person("b", "Anna Berg"), person("c")]
    links = [carries(key, "cookie_id", "x", day) for day, key in enumerate("abc")]
    assert joined(records, links) == "a b c"
    assert joined(records[1:], links[1:]) == "bc"


def test_key_or_contact_makes_known_on_a_device() -> None:
    links = [carries(key, "cookie_id", "x") for key in "ab"]
    links += [carries(key, "email", key) for key in "ab"]
    assert joined(TWO, links[:3]) == "ab"
    assert joined(TWO, links) == "a b"


# Of one value

FAMILY = [person("a", "Anna Berg"), person("b", "Zoe Berg")]


def mailbox(first: dict[str, float]) -> list[Link]:
    return [carries(key, "email", "x", day) for key, day in first.items()]


def test_undisputed_value_joins_known_and_silent() -> None:
    records = [person("a", "Anna Berg"), person("b", "A Berg"), person("c"), person("d")]
    assert joined(records, mailbox(dict.fromkeys("abcd", 0))) == "abcd"


def test_disputed_value_joins_those_of_one_full_name() -> None:
    records = [*FAMILY, person("c", "Anna Berg"), person("d", "Anna")]
    assert joined(records, mailbox({"a": 0, "b": 1, "c": 2, "d": 3})) == "ac b d"


def test_of_one_full_name_those_of_one_birth_date() -> None:
    records = [
        person("a", "John Hill", "1950-01-01"),
        person("b", "John Hill", "1980-01-01"),
        person("c", "John Hill", "1980-01-01"),
        person("d", "John Hill"),
    ]
    assert joined(records, mailbox(dict.fromkeys("abcd", 0))) == "a bc d"


def test_silent_carrier_before_the_rival_stays_with_the_owner() -> None:
    records = [*FAMILY, person("c"), person("d")]
    links = [*mailbox({"a": 0, "b": 10, "d": 9})]
    assert joined(records, [*links, carries("c", "email", "x", 9, 10)]) == "ad b c"


@pytest.mark.parametrize(("day", "customers"), [("2026-01-18", "ac b"), ("2026-01-19", "a b c")])
def test_all_silent_carriers_stay_with_the_owner_for_correction_days(
    day: str, customers: str
) -> None:
    records = [*FAMILY, person("c")]
    assert joined(records, mailbox({"a": 0, "b": 10, "c": 12}), day=day) == customers


def test_disputed_device_leads_nobody() -> None:
    records = [*FAMILY, person("c")]
    days = {"a": 2, "b": 10, "c": 1}
    links = [carries(key, "cookie_id", "x", day) for key, day in days.items()]
    assert joined(records, links) == "a b c"


def test_two_who_came_at_one_time_own_nothing() -> None:
    records = [*FAMILY, person("c")]
    assert joined(records, mailbox({"a": 10, "b": 10, "c": 5})) == "a b c"


def test_owner_in_no_dispute_has_any_in_dispute_for_rivals() -> None:
    """Anna's initial alone is in no dispute; Anna and Zoe are, from the third day on."""
    records = [*FAMILY, person("i", born="1980-01-01"), person("s"), person("t")]
    links = mailbox({"i": 0, "a": 3, "b": 4, "s": 1, "t": 3})
    assert joined(records, links) == "a b is t"


def test_silent_carriers_in_dispute_may_own() -> None:
    records = [*TWO, person("c")]
    unlink = Override("a", "b", "unlink")
    assert joined(records, mailbox({"a": 0, "b": 2, "c": 1}), unlink) == "ac b"


def test_key_cap() -> None:
    records = [person(key) for key in "abc"]
    logins = [carries(key, "login_id", key) for key in "abc"]
    emails = mailbox(dict.fromkeys("abc", 0))
    assert joined(records, emails + logins) == "a b c"
    assert joined(records[:2], emails[:2] + logins[:2]) == "ab"
    same = [
        carries(key, "login_id", login) for key, login in {"a": "x", "b": "y", "c": "y"}.items()
    ]
    assert joined(records, emails + same) == "abc"


# Of one silent cluster


def test_silent_cluster_between_two_is_torn() -> None:
    records = [*FAMILY, person("c"), person("d")]
    links = [
        carries("a", "email", "x"),
        carries("b", "email", "y"),
        *(carries("c", "email", email) for email in "xyz"),
        carries("d", "email", "z"),
    ]
    assert joined(records, links) == "a b c d"


@pytest.mark.parametrize(("day", "customers"), [(5, "a b c z"), (20, "a b cz")])
def test_owner_whom_it_goes_with_is_a_neighbour(day: float, customers: str) -> None:
    records = [*FAMILY, person("c"), person("z", "Zoe Berg")]
    links = mailbox({"a": 0, "b": 10, "c": day})
    links += [carries(key, "email", "y") for key in "cz"]
    assert joined(records, links) == customers


# Of all together

CHAIN = [
    carries("a", "email", "x"),
    *(carries("c", "email", email) for email in "xy"),
    *(carries("d", "email", email) for email in "yz"),
    carries("b", "email", "z"),
]


def test_joins_of_two_silent_clusters_are_given_up_first() -> None:
    assert joined([*FAMILY, person("c"), person("d")], CHAIN) == "ac bd"


def test_joins_that_no_full_name_supports_are_given_up_next() -> None:
    """An initial between two names: those of one full name stay, and the silent one by theirs."""
    records = [
        person("a", "Jane Hill"),
        person("b", "J Hill"),
        person("c", "Jack Hill"),
        person("d", "Jane Hill"),
        person("e"),
        person("f"),
    ]
    links = [
        *(carries(key, "email", "x") for key in "abde"),
        *(carries(key, "email", "y") for key in "bc"),
        *(carries(key, "email", "z") for key in "adf"),
    ]
    assert joined(records, links) == "adf b c e"


def test_silent_clusters_of_one_neighbour_keep_it() -> None:
    records = [
        person("a", "Jane Hill"),
        person("b", "J Hill"),
        person("c", "Jack Hill"),
        person("e"),
    ]
    links = [
        *(carries(key, "email", "x") for key in "ab"),
        *(carries(key, "email", "y") for key in "bc"),
        *(carries(key, "email", "z") for key in "ae"),
    ]
    assert joined(records, links) == "ae b c"


def test_what_contradicts_itself_even_then_gets_no_join() -> None:
    """One full name, and a birth date between two that contradict each other."""
    records = [
        person("a", "Jane Hill", "1980-01-01"),
        person("b", "Jane Hill"),
        person("c", "Jane Hill", "1990-01-01"),
    ]
    links = [
        *(carries(key, "email", "x") for key in "ab"),
        *(carries(key, "email", "y") for key in "bc"),
    ]
    assert joined(records, links) == "a b c"


def test_size() -> None:
    records = [person(key) for key in "abc"]
    assert joined(records, mailbox(dict.fromkeys("abc", 0)), most=3) == "abc"
    assert joined(records, mailbox(dict.fromkeys("abc", 0)), most=2) == "a b c"


# The customer


def test_anchor_is_the_lowest_node() -> None:
    records = [Record("z", 1), Record("a", 2), Record("m", 3)]
    links = [carries(key, "email", "x") for key in "zm"]
    assert found(records, links).anchors == {"z": "z", "a": "a", "m": "z"}
