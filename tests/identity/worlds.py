"""Small random worlds in which people are easily taken for each other.

Each has a few people and a handful of records that share names, addresses and devices out of tiny
pools. Ids, emails, streets and telephones carry the world's name, so that all of them can be built
in one warehouse.
"""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.case_files import variables_of, write_cases

SEED = 16
WORLDS = 320
AS_OF = datetime(2026, 2, 2)
# Days before the as-of date: few, so that some things happen at one time, on both sides of the
# seven days of a correction and of the ninety of a device's window.
DAYS = (1, 2, 6, 7, 8, 9, 20, 40, 91, 98, 99, 130)
# Names that are alike, that begin alike, and those of people who are another: a person of a world
# mostly takes a name of the same row as the one before.
GIVEN_NAMES = (
    ("Anna", "Amelie", "Berg"),
    ("Jane", "Jack", "John"),
    ("Robert", "Bob", "Rob"),
    ("Katherine", "Catherine", "Kate"),
    ("Daniel", "Daniela", "Danielle"),
    ("Anna-Lena", "Anna-Maria", "Annalena"),
)
FAMILY_NAMES = ("Berg", "Hill", "Anna")
BIRTH_DATES = ("1980-03-04", "1980-04-03", "1980-03-14", "1990-05-06", "1990-05-06")
# Other than the seed's, so that a hub takes few records.
CAPS = {
    "loyalty_id": {"max_people_per_value": 4},
    "email": {"max_people_per_value": 5, "max_records_per_value": 9, "max_values_per_record": 3},
    "phone": {"max_people_per_value": 4},
    "device_id": {"max_records_per_day": 2, "window_days": 90},
    "cookie_id": {"max_records_per_value": 6, "window_days": 90},
}
BLOCKED = {
    "identifier_type": "*",
    "match_kind": "pattern",
    "blocked_value": "^w[0-9]+-walkin$",
    "reason": "Nobody's number",
}


@dataclass
class World:
    """A world's raw rows by table, and the rows of identity_overrides about its records."""

    name: str
    dice: random.Random
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    record_keys: list[str] = field(default_factory=list)
    mailboxes: str = "a"
    overrides: list[dict[str, str]] = field(default_factory=list)

    def add(self, table: str, record_key: str, **columns: str | None) -> None:
        told = {name: value for name, value in columns.items() if value is not None}
        self.rows.setdefault(table, []).append(told)
        if record_key not in self.record_keys:
            self.record_keys.append(record_key)

    def chance(self, probability: float) -> bool:
        return self.dice.random() < probability

    def number(self) -> str:
        """A new number, of no meaning."""
        return f"{self.name}-{sum(map(len, self.rows.values()))}"

    def one_of(self, kind: str, count: int, probability: float = 1.0) -> str | None:
        """One of the few values that the world has of a kind, or none."""
        place = self.dice.randrange(count)
        return f"{self.name}-{kind}{place}" if self.chance(probability) else None

    def email(self, probability: float = 1.0) -> str | None:
        if self.chance(0.1):  # one mailbox, which its provider knows by any of these
            forms = ("g.{}@gmail.com", "g{}+news@googlemail.com", "g{}@gmail.com")
            mailbox = self.dice.choice(forms).format(self.name)
            return mailbox if self.chance(probability) else None
        mailbox = self.dice.choice(self.mailboxes) if self.chance(0.97) else "info"
        return f"{mailbox}@{self.name}.example" if self.chance(probability) else None

    def phone(self, probability: float = 1.0) -> str | None:
        number = f"+442079{self.name[1:]}0{self.dice.randrange(2)}"
        return number if self.chance(probability) else None

    def loyalty_id(self, probability: float = 1.0) -> str | None:
        if self.chance(0.04):
            return f"{self.name}-walkin"
        return self.one_of("c", 3, probability)

    def moment(self) -> str:
        return str(
            AS_OF - timedelta(days=self.dice.choice(DAYS), hours=self.dice.choice((2, 2, 9)))
        )

    def moments(self) -> tuple[str, str]:
        """When something was first and last seen."""
        first, last = sorted((self.moment(), self.moment()))
        return first, last


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    birth_date: str


def random_worlds(first: int = 0) -> list[World]:
    """All worlds, numbered from the first: the same ones by whatever numbers."""
    return [random_world(f"w{first + number:04}", number) for number in range(WORLDS)]


def random_world(name: str, seed: int) -> World:
    world = World(name, random.Random(f"{SEED} {seed}"))
    world.mailboxes = world.dice.choice(("ab", "abc", "abcd", "abcde", "abcdef"))
    people = random_people(world)
    # each world has some systems only, so that its few records meet
    is_online = world.chance(0.3)
    some = [website, website, app] if is_online else world.dice.sample(SYSTEMS, k=2)
    systems = [*some, shop, crm_person]
    for _ in range(world.dice.randint(4, 12)):
        world.dice.choice(systems)(world, world.dice.choice(people))
    if world.chance(0.15):
        crowd(world)
    if world.chance(0.3):
        override(world)
    return world


def random_people(world: World) -> list[Person]:
    """A few people, each of whom has some of what the first has."""
    names = world.dice.choice(GIVEN_NAMES)
    first = Person(names[0], world.dice.choice(FAMILY_NAMES), world.dice.choice(BIRTH_DATES))
    people = [first]
    for _ in range(world.dice.randint(0, 2)):
        others = world.dice.choice(GIVEN_NAMES) if world.chance(0.3) else names
        people.append(
            Person(
                world.dice.choice(others),
                first.last_name if world.chance(0.7) else world.dice.choice(FAMILY_NAMES),
                first.birth_date if world.chance(0.5) else world.dice.choice(BIRTH_DATES),
            )
        )
    return people


def told_name(world: World, person: Person) -> tuple[str | None, str | None]:
    """The name as somebody wrote it down."""
    first, last = person.first_name, person.last_name
    forms: tuple[tuple[str | None, str | None], ...] = (
        (last, first), (f"Dr. {first}", last), (first + " Maria", last.upper()), (first, None),
        (None, last), ("Mr", last), (first[:2] + first[3:], last), (first, last + " Jr"),
        (first, last + ", Sr."), (first, "Mayer"), ("unknown", last),
        ("Анна", last), ("Анна", "Берг"),
    )  # fmt: skip
    if world.chance(0.5):
        return first, last
    if world.chance(0.3):
        return first[0], last
    return world.dice.choice(forms)


def told_birth_date(world: World, person: Person) -> str | None:
    forms = (None, None, None, person.birth_date, person.birth_date, "1900-01-01", "1980-03-04")
    return world.dice.choice(forms)


def told_address(world: World) -> dict[str, str]:
    if world.chance(0.6):
        return {}
    return {"address": f"{world.dice.randint(1, 2)} {world.name} Street", "zip": "AB1 2CD"}


# What a system knows of a person


def shop(world: World, person: Person) -> None:
    first_name, last_name = told_name(world, person)
    customer_id = world.number() if world.chance(0.6) else world.one_of("c", 3)
    if f"retail:{customer_id}" in world.record_keys:
        return
    address = told_address(world)
    registered, seen = world.moments()
    world.add(
        "retail.customers",
        f"retail:{customer_id}",
        customer_id=customer_id,
        first_name=first_name,
        last_name=last_name,
        date_of_birth=told_birth_date(world, person),
        email_address=world.email(0.8),
        phone_number=world.phone(0.4),
        address_line_1=address.get("address"),
        zip_code=address.get("zip"),
        registration_date=registered,
        last_login_date=seen,
    )


def newsletter(world: World, person: Person) -> None:
    customer_id = world.loyalty_id(0.5)
    email = world.email(0.8 if customer_id else 1)
    world.add(
        "marketing.engagement_events",
        f"marketing:{customer_id}" if customer_id else f"marketing:email:{email}",
        engagement_id=world.number(),
        customer_id=customer_id,
        email=email,
        channel="EMAIL",
        action="OPENED",
        engagement_date=world.moment(),
    )


def help_desk(world: World, person: Person) -> None:
    customer_id = world.loyalty_id(0.5)
    email = world.email(0.8 if customer_id else 1)
    world.add(
        "support.tickets",
        f"support:{customer_id}" if customer_id else f"support:email:{email}",
        ticket_id=world.number(),
        customer_id=customer_id,
        requester_email=email,
        created_at=world.moment(),
    )


def bridge(world: World, person: Person) -> None:
    """Somebody who wrote from several mailboxes, without a word of who it was."""
    customer_id = world.number()
    for _ in range(world.dice.choice((2, 2, 2, 3, 3, 4))):
        world.add(
            "support.tickets",
            f"support:{customer_id}",
            ticket_id=world.number(),
            customer_id=customer_id,
            requester_email=world.email(),
            created_at=world.moment(),
        )


def website(world: World, person: Person) -> None:
    cookie = world.one_of("k", 3, 0.6) if world.chance(0.6) else world.number()
    device = world.one_of("d", 3, 0.6 if cookie else 1)
    login = world.one_of("l", 4, 0.3)
    browser = f"web:cookie:{cookie}" if cookie else f"web:device:{device}"
    world.add(
        "web.events",
        browser if cookie or device else f"web:login:{login}",
        event_id=world.number(),
        event_type="page_view",
        event_timestamp=world.moment(),
        cookie_id=cookie,
        device_id=device,
        login_id=login,
        email=world.email(0.2),
        phone=world.phone(0.1),
    )


def app(world: World, person: Person) -> None:
    """A person of the messaging platform, perhaps with a device."""
    cio_id = world.number() if world.chance(0.5) else world.one_of("m", 2)
    record_key = f"customer_io:{cio_id}"
    if record_key not in world.record_keys and world.chance(0.8):
        world.add(
            "customer_io.people",
            record_key,
            cio_id=cio_id,
            id=world.loyalty_id(0.3),
            email=world.email(0.6),
            phone=world.phone(0.4),
            created_at=world.moment(),
        )
    if world.chance(0.5):
        world.add(
            "customer_io.devices",
            record_key,
            cio_id=cio_id,
            device_id=world.one_of("d", 2),
            last_used_at=world.moment(),
            push_token=world.one_of("p", 2, 0.3),
        )


def crm_person(world: World, person: Person) -> None:
    first_name, last_name = told_name(world, person)
    account = world.number()
    created, modified = world.moments()
    address = told_address(world)
    world.add(
        "salesforce.account",
        f"salesforce:{account}",
        id=account,
        is_person_account="true",
        account_number=world.one_of("a", 2, 0.6) if world.chance(0.9) else world.one_of("c", 4),
        first_name=first_name,
        last_name=last_name,
        email=world.email(0.6),
        phone=world.phone(0.4),
        billing_street=address.get("address"),
        billing_postal_code=address.get("zip"),
        created_date=created,
        last_modified_date=modified,
    )


def crm_company(world: World, person: Person) -> None:
    """A company, and somebody who works for it."""
    account, contact = world.number(), f"{world.number()}-k"
    first_name, last_name = told_name(world, person)
    created, modified = world.moments()
    world.add(
        "salesforce.account",
        f"salesforce:{account}",
        id=account,
        is_person_account="false",
        name=f"{world.name} Ltd",
        account_number=world.one_of("a", 2),
        email=world.email(0.5),
        phone=world.phone(0.5),
        created_date=created,
    )
    world.add(
        "salesforce.contact",
        f"salesforce:{contact}",
        id=contact,
        account_id=account,
        first_name=first_name,
        last_name=last_name,
        birthdate=told_birth_date(world, person),
        email=world.email(0.7),
        phone=world.phone(0.4),
        mobile_phone=world.phone(0.4),
        created_date=created,
        last_modified_date=modified,
    )


def billing(world: World, person: Person) -> None:
    account = world.one_of("a", 2)
    world.add(
        "oracle_brm.billing_transaction",
        f"oracle_brm:{account}",
        transaction_id=world.number(),
        customer_id=account,
        transaction_date=world.moment(),
        transaction_type="invoice",
        amount="10",
        currency="GBP",
    )


def survey(world: World, person: Person) -> None:
    account = world.one_of("a", 2, 0.7)
    email = world.email(0.6 if account else 1)
    world.add(
        "cx_survey.survey_response",
        f"cx_survey:{account}" if account else f"cx_survey:email:{email}",
        response_id=world.number(),
        customer_id=account,
        email=email,
        nps_rating="9",
        survey_date=world.moment(),
    )


def consent(world: World, person: Person) -> None:
    """A consent, which may quote a number of the shop or of the CRM, or one that both gave."""
    kind = world.dice.choice("aac")
    customer_id = world.one_of(kind, 2, 0.6)
    email = world.email(0.5 if customer_id else 1)
    in_crm = kind == "a" or world.chance(0.3)
    world.add(
        "privacy.consent_events",
        f"privacy:{customer_id}" if customer_id else f"privacy:email:{email}",
        event_id=world.number(),
        customer_id=customer_id,
        source_system="salesforce" if in_crm else "retail",
        email=email,
        phone=world.phone(0.3),
        purpose="email",
        granted="true",
        occurred_at=world.moment(),
    )


SYSTEMS = [
    shop, newsletter, help_desk, bridge, bridge, bridge, website, website, app, crm_person,
    crm_company, billing, survey, consent,
]  # fmt: skip


# What befalls a whole world


def crowd(world: World) -> None:
    """As many on one mailbox or machine as its cap allows, or one more."""
    is_over = world.dice.randint(0, 1)
    moment, email = world.moment(), f"a@{world.name}.example"
    what = world.dice.choice(("people", "browsers", "tickets"))
    caps = {
        "people": CAPS["email"]["max_people_per_value"],
        "browsers": CAPS["device_id"]["max_records_per_day"],
        "tickets": CAPS["email"]["max_records_per_value"],
    }
    for _ in range(caps[what] + is_over):
        number = world.number()
        if what == "people":
            world.add(
                "retail.customers",
                f"retail:{number}",
                customer_id=number,
                first_name="Anna",
                email_address=email,
                registration_date=moment,
            )
        elif what == "browsers":
            world.add(
                "web.events",
                f"web:cookie:{number}",
                event_id=number,
                event_type="page_view",
                event_timestamp=moment,
                cookie_id=number,
                device_id=f"{world.name}-d0",
            )
        else:
            world.add(
                "support.tickets",
                f"support:{number}",
                ticket_id=number,
                customer_id=number,
                requester_email=email,
                created_at=moment,
            )


def override(world: World) -> None:
    for number in range(world.dice.randint(1, 3)):
        left, right = (world.dice.choice([*world.record_keys, "retail:nobody"]) for _ in "lr")
        decision = world.dice.choice(("link", "link", "unlink", "unlink", "isolate"))
        if left in (right, "retail:nobody"):
            continue
        world.overrides.append(
            {
                "left_record_key": left,
                "right_record_key": "" if decision == "isolate" else right,
                "decision": decision,
                "reason": "Told",
                "decided_by": "a test",
                "decided_at": f"2026-01-0{number + 1} 10:00:00",
            }
        )


# The files of all worlds


def all_rows(worlds: list[World]) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    for world in worlds:
        for table, own in world.rows.items():
            rows.setdefault(table, []).extend(own)
    return rows


def shuffled(worlds: list[World]) -> list[World]:
    """The same worlds, with the rows of each in another order."""
    dice = random.Random(SEED)
    for world in worlds:
        for rows in world.rows.values():
            dice.shuffle(rows)
    return dice.sample(worlds, len(worlds))


def write_worlds(worlds: list[World], raw_dir: Path) -> None:
    write_cases(raw_dir, [{"rows": all_rows(worlds)}], {})


def variables(worlds: list[World]) -> dict[str, Any]:
    """dbt's vars for a warehouse of them."""
    return variables_of([{"rows": all_rows(worlds)}]) | {
        "max_records_per_customer": 9,
        "correction_days": 7,
    }


def edit_seeds(seeds: Path, worlds: list[World]) -> None:
    """Lowers the caps in a copy of the seeds, and writes the worlds' overrides."""

    def edit(seed: str, change: Callable[[list[dict[str, str]]], None]) -> None:
        path = seeds / f"{seed}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        change(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, reader.fieldnames or (), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def lower_caps(rows: list[dict[str, str]]) -> None:
        for row in rows:
            caps = CAPS.get(row["identifier_type"], {})
            row.update({name: str(cap) for name, cap in caps.items()})

    edit("identifier_types", lower_caps)
    edit("identifier_blocklist", lambda rows: rows.append(BLOCKED))
    edit("identity_overrides", lambda rows: rows.extend(o for w in worlds for o in w.overrides))
