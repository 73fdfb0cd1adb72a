"""salesforce: accounts of people and of organisations, contacts, opportunities."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from simulator import words
from simulator.phones import ANY_STYLE, written
from simulator.scene import Rows, Scene, owned_by
from simulator.systems.spelling import (
    email_for,
    given_name,
    in_another_case,
    last_name,
    street_for,
    typed_email,
)
from simulator.text import (
    DAY,
    Bools,
    Ints,
    Rng,
    chance,
    choose,
    dates,
    join,
    keep,
    later,
    money,
    nothing,
    numbered,
    pick,
    put,
    same,
    share_of,
    times,
    truth_values,
    where,
    whole,
)
from simulator.world import NEVER, People, account_number, organisation_account_number

_BOXES = ("projects", "north", "dispatch", "studio", "fleet", "workshop", "export", "west")
_IDS = 10**10
_DELETED = 0.01
STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
WON, LOST = 4, 5


def produce(scene: Scene) -> Iterator[Rows]:
    """The rows of all three tables."""
    yield _person_accounts(scene)
    yield _organisation_accounts(scene)
    yield _contacts(scene)
    yield _opportunities(scene)


def _account_id(serial: Ints) -> pa.Array:
    return numbered("0015g000", (serial * 7_307_309_311 + 99) % _IDS, 10)


def person_account_id(person: Ints) -> pa.Array:
    """Salesforce id of a person account."""
    return _account_id(2 * person)


def organisation_account_id(organisation: Ints) -> pa.Array:
    """Salesforce id of a business account."""
    return _account_id(2 * organisation + 1)


def _contact_id(person: Ints) -> pa.Array:
    return numbered("0035g000", (person * 9_311_733_017 + 7) % _IDS, 10)


def account_since(scene: Scene) -> Ints:
    """When each person's account was opened (told for those who have one)."""
    delay = scene.lasting_rng("salesforce.since").exponential(60, scene.people.count) * DAY
    last = scene.world.batches[scene.chunk.cohort - 1].end - 2 * DAY
    return later(scene.people.since, delay, last)


def _modified(scene: Scene, rng: Rng, created: Ints, replaces: Bools) -> Ints:
    """Time of the last change: within the batch for a version that replaces another."""
    latest = np.maximum(created, scene.some_times(rng, len(created)))
    return np.where(replaces | chance(rng, len(created), 0.7), latest, created)


def _is_deleted(rng: Rng, replaces: Bools) -> Bools:
    return chance(rng, len(replaces), np.where(replaces, 0.25, _DELETED))


def _owner(account: Ints, share: float) -> pa.Array:
    """Who looks after each account, for good; this share of the accounts has somebody."""
    member = (share_of(account, 121) / share * len(words.STAFF)).astype(np.int64)
    return pick(words.STAFF, np.where(member < len(words.STAFF), member, -1))


def _person_accounts(scene: Scene) -> Rows:
    people = scene.people
    who, replaces = scene.written(people.account, 3)
    rng = scene.rng("salesforce.person_accounts")
    size, created = len(who), account_since(scene)[who]
    modified = _modified(scene, rng, created, replaces)
    home = people.home_of(who, modified)
    first, last = (
        given_name(rng, people, who, nicknames=0.02),
        last_name(rng, people, who, modified),
    )
    mobile = np.where(replaces, people.new_mobile[who], people.mobile_at(who, created))
    phone = np.where(chance(rng, size, 0.35), people.landline[who], mobile)
    ids = person_account_id(people.index[who])
    scene.record(join("salesforce:", ids), people.index[who])
    columns = {
        "id": ids,
        "account_number": account_number(people.index[who]),
        "name": join(first, " ", last),
        "is_person_account": same("true", size),
        "first_name": first,
        "last_name": last,
        "type": same("Consumer", size),
        "industry": nothing(size),
        "phone": keep(
            ~chance(rng, size, 0.1), written(home.country, phone, choose(rng, size, ANY_STYLE))
        ),
        "email": email_for(rng, people, who, second=0.45, absent=0.08, hub=True),
        "billing_street": street_for(rng, home),
        "billing_city": in_another_case(rng, home.city_name()),
        "billing_state": home.state(),
        "billing_postal_code": home.postcode(),
        "billing_country": _country(rng, home.country),
        "status": pick(("Active", "Inactive", "Churned"), choose(rng, size, (80, 12, 8))),
        "owner_name": _owner(2 * people.index[who], 0.15),
        "created_date": times(created),
        "last_modified_date": times(modified),
        "is_deleted": truth_values(_is_deleted(rng, replaces)),
    }
    return Rows(
        "salesforce.account", columns, scene.loaded(rng, modified), people.index[who], replaces
    )


def _country(rng: Rng, country: Ints) -> pa.Array:
    kind = choose(rng, len(country), (6, 3, 1))
    code, name = pick(words.COUNTRIES, country), pick(words.COUNTRY_NAMES, country)
    return where(kind == 0, name, where(kind == 1, code, pick(words.COUNTRY_SPELLINGS, country)))


def _organisation_accounts(scene: Scene) -> Rows:
    companies = scene.organisations
    which, replaces = scene.written(np.ones(companies.count, dtype=np.bool_), 4)
    rng = scene.rng("salesforce.organisation_accounts")
    size, created = len(which), companies.since[which]
    modified = _modified(scene, rng, created, replaces)
    place = companies.place.take(which)
    domain = pick(companies.domain, which)
    box = pick(
        ("info", "office", "accounts.payable", "contact", "purchasing"),
        choose(rng, size, (4, 2, 2, 1, 1)),
    )
    ids = organisation_account_id(companies.index[which])
    owner = owned_by(companies.index[which])
    scene.record(join("salesforce:", ids), owner)
    columns = {
        "id": ids,
        "account_number": organisation_account_number(companies.index[which]),
        "name": in_another_case(rng, pick(companies.name, which)),
        "is_person_account": same("false", size),
        "first_name": nothing(size),
        "last_name": nothing(size),
        "type": pick(("Enterprise", "SMB", "Startup"), companies.kind[which]),
        "industry": pick(words.INDUSTRIES, companies.industry[which]),
        "phone": written(place.country, companies.phone[which], choose(rng, size, ANY_STYLE)),
        "email": keep(~chance(rng, size, 0.2), typed_email(rng, join(box, "@", domain))),
        "billing_street": street_for(rng, place),
        "billing_city": place.city_name(),
        "billing_state": place.state(),
        "billing_postal_code": place.postcode(),
        "billing_country": _country(rng, place.country),
        "status": pick(("Active", "Inactive", "Churned"), choose(rng, size, (85, 8, 7))),
        "owner_name": _owner(2 * companies.index[which] + 1, 0.9),
        "created_date": times(created),
        "last_modified_date": times(modified),
        "is_deleted": truth_values(_is_deleted(rng, replaces)),
    }
    return Rows("salesforce.account", columns, scene.loaded(rng, modified), owner, replaces)


def work_email(scene: Scene, who: Ints) -> pa.Array:
    """The mailbox a contact has at work: his own, or one whose holders follow each other."""
    people, companies = scene.people, scene.organisations
    first = pick(words.FIRST_NAMES.folded, people.first[who])
    last = pick(words.SURNAMES.folded, people.former_surname[who])
    local = join(first, ".", last, whole(people.index[who]))
    holder = people.index[people.or_other("hand_overs")[who]]
    after_work = join(pick(_BOXES, holder % len(_BOXES)), whole(holder))
    local = where(people.is_in("hand_overs")[who], after_work, local)
    employer = people.organisation[who] - (companies.index[0] if companies.count else 0)
    return join(local, "@", pick(companies.domain, employer))


def _left_at(people: People) -> Ints:
    """When each contact handed his mailbox over."""
    result = np.full(people.count, NEVER)
    successors = np.flatnonzero(people.plays("hand_overs"))
    result[people.cast["hand_overs"][successors]] = people.since[successors]
    return result


def _contacts(scene: Scene) -> Rows:
    people = scene.people
    who, replaces = scene.written(people.contact, 5)
    rng = scene.rng("salesforce.contacts")
    size = len(who)
    created = people.since[who]
    modified = _modified(scene, rng, created, replaces)
    modified = np.where(replaces, modified, np.minimum(modified, _left_at(people)[who]))
    home = people.home_of(who, modified)
    ids = _contact_id(people.index[who])
    scene.record(join("salesforce:", ids), people.index[who])
    hands_over = people.is_in("hand_overs")[who]
    private = chance(rng, size, 0.25) & ~hands_over
    email = typed_email(rng, where(private, pick(people.email, who), work_email(scene, who)))
    role = chance(rng, size, 0.01) & ~hands_over
    email = put(email, role, same("office@example.org", int(role.sum())))
    mobile = np.where(replaces, people.new_mobile[who], people.mobile_at(who, created))
    style = choose(rng, size, ANY_STYLE)
    columns = {
        "id": ids,
        "account_id": organisation_account_id(people.organisation[who]),
        "first_name": given_name(rng, people, who, nicknames=0.1),
        "last_name": last_name(rng, people, who, modified),
        "email": keep(~chance(rng, size, 0.04) | hands_over, email),
        "phone": keep(chance(rng, size, 0.3), written(home.country, people.landline[who], style)),
        "mobile_phone": keep(chance(rng, size, 0.7), written(home.country, mobile, style)),
        "birthdate": keep(chance(rng, size, 0.15), dates(people.birth[who])),
        "mailing_street": keep(addressed := chance(rng, size, 0.6), street_for(rng, home)),
        "mailing_city": keep(addressed, home.city_name()),
        "mailing_state": keep(addressed, home.state()),
        "mailing_postal_code": keep(addressed, home.postcode()),
        "mailing_country": _country(rng, home.country),
        "created_date": times(created),
        "last_modified_date": times(modified),
        "is_deleted": truth_values(_is_deleted(rng, replaces)),
    }
    return Rows(
        "salesforce.contact", columns, scene.loaded(rng, modified), people.index[who], replaces
    )


def _opportunities(scene: Scene) -> Rows:
    companies, batch = scene.organisations, scene.batch
    rng = scene.rng("salesforce.opportunities")
    expected = 2.5 * batch.years * np.minimum(companies.size, 8)
    which = np.repeat(
        np.arange(companies.count), rng.poisson(expected) + (scene.is_new and batch.number == 1)
    )
    size = len(which)
    created = np.maximum(scene.some_times(rng, size), companies.since[which])
    created = scene.delayed(rng, np.minimum(created, batch.end - 1))
    days = 10 + rng.gamma(2, 30, size)
    close = created + (days * DAY).astype(np.int64)
    closed = close < batch.end
    stage = np.where(
        closed, np.where(chance(rng, size, 0.38), WON, LOST), choose(rng, size, (4, 3, 2, 1))
    )
    amount = np.exp(rng.normal(9, 0.9, size)) * np.sqrt(companies.size[which])
    currency = np.array([0, 1, 2, 2])[companies.place.country[which]]
    word = pick(("Renewal", "New seats", "Pilot", "Expansion"), rng.integers(0, 4, size))
    serial = np.arange(size) + 1_000_000 * (scene.chunk.number + 1_000 * batch.number)
    columns = {
        "id": numbered("0065g000", serial, 10),
        "account_id": organisation_account_id(companies.index[which]),
        "name": join(pick(companies.name, which), " – ", word),
        "stage_name": pick(STAGES, stage),
        "amount": keep(~chance(rng, size, 0.06), money((amount * 100).astype(np.int64))),
        "currency": keep(~chance(rng, size, 0.02), pick(words.CURRENCIES, currency)),
        "close_date": dates(close),
        "is_won": truth_values(stage == WON),
        "is_closed": truth_values(stage >= WON),
        "created_date": times(created),
    }
    return Rows("salesforce.opportunity", columns, scene.loaded(rng, created))
