"""Patterns that make identity hard: each at its rate, seen in the raw rows, told by the truth."""

import re
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from simulator import words
from simulator.patterns import DEFAULT_RATES
from simulator.plan import CHUNK, Parameters, World
from simulator.world import People, make_people
from tests.simulator.folders import WORLD, run
from tests.simulator.judge import ROOT, Judged
from tests.simulator.test_simulator_truth import carried

OF_ROWS = {"placeholder_ids", "public_devices", "opted_out_browsers"}
OF_PEOPLE = [name for name in DEFAULT_RATES if name not in OF_ROWS]
OFF = dict.fromkeys(DEFAULT_RATES, 0.0)


def options(rates: dict[str, float]) -> list[str]:
    """Rates for the command line."""
    return [word for name, rate in rates.items() for word in ("--pattern", f"{name}={rate}")]


def some_people(rates: dict[str, float]) -> People:
    """A whole chunk of people."""
    world = World(Parameters(CHUNK, 30, 1, date(2026, 3, 31), patterns=OFF | rates))
    return make_people(world, next(world.chunks(world.batches[0])))


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """A world full of patterns, then some days more."""
    folder = tmp_path_factory.mktemp("hard")
    out = ["--out", str(folder / "raw")]
    assert run(*WORLD, *options(dict.fromkeys(DEFAULT_RATES, 0.3)), *out) == 0
    assert run("--append-days", "60", *out) == 0
    return Judged(folder)


@pytest.mark.parametrize("pattern", OF_PEOPLE)
def test_people_play_a_pattern_as_often_as_its_rate_says(pattern: str) -> None:
    all_of_them = int(some_people({pattern: 1.0}).plays(pattern).sum())
    some = int(some_people({pattern: 0.2}).plays(pattern).sum())
    assert all_of_them > 200
    assert abs(some - 0.2 * all_of_them) < 5 * np.sqrt(0.16 * all_of_them)


@pytest.mark.parametrize(
    ("shown", "of"),
    [
        ("select count(*) from support.tickets where is_winner and customer_id in ('WALKIN', "
         "'99999')", "select count(*) from support.tickets where is_winner"),
        ("select count(distinct session_id) from web.events where cookie_id = 'OPTOUT'",
         "select count(distinct session_id) from web.events where cookie_id is not null"),
        ("select count(distinct session_id) from web.events where 'web:cookie:' || cookie_id in "
         "(select record_key from truth.patterns where pattern = 'public_devices')",
         "select count(distinct session_id) from web.events"),
    ],
    ids=["placeholder_ids", "opted_out_browsers", "public_devices"],
)  # fmt: skip
def test_rows_show_a_pattern_as_often_as_its_rate_says(hard: Judged, shown: str, of: str) -> None:
    assert 0.18 < hard.rows(shown)[0][0] / hard.rows(of)[0][0] < 0.36


def test_a_world_of_100_000_people_has_each_pattern_200_times() -> None:
    people = some_people(dict(DEFAULT_RATES))
    assert min(4 * int(people.plays(pattern).sum()) for pattern in OF_PEOPLE) > 250


def test_no_rate_no_pattern_and_the_summary_says_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*WORLD, *options(OFF), "--out", str(tmp_path / "raw")) == 0
    lines = capsys.readouterr().out
    assert [name for name in DEFAULT_RATES if not re.search(rf"{name} +0 +0 *\n", lines)] == []
    assert Judged(tmp_path).rows("select * from truth.patterns") == []
    one = {"typos": 0.5}
    assert run(*WORLD, *options(OFF | one), "--out", str(tmp_path / "raw")) == 0
    lines = capsys.readouterr().out
    assert re.search(r"typos +0.5 +[1-9]\d+ *\n", lines)
    assert Judged(tmp_path).rows("select distinct pattern from truth.patterns") == [("typos",)]


# What the raw rows show by themselves of each pattern: the records of the truth, all of them.
SHOWN = {
    "placeholder_ids": "select 'support:' || customer_id from support.tickets "
    "where is_winner and customer_id in ('WALKIN', '99999')",
    "placeholder_dates": "select 'retail:' || customer_id from retail.customers "
    "where date_of_birth__text = '1900-01-01'",
    "opted_out_browsers": "select 'web:cookie:OPTOUT'",
    "public_devices": "select 'web:cookie:' || cookie_id from web.events where is_winner "
    "and cookie_id <> 'OPTOUT' group by cookie_id having count(distinct login_id) "
    "+ count(distinct case when login_id is null then email end) > 3",
    "forgetful_browsers": "select 'web:cookie:' || cookie_id from web.events where is_winner "
    "and login_id in (select login_id from web.events where is_winner and length(login_id) = 8 "
    "group by 1 having count(distinct cookie_id) > 12) and cookie_id is not null",
    "two_numberings": "select 'external:' || profiles.customer_id from external.profiles "
    "inner join retail.customers using (customer_id) where profiles.is_winner",
}


@pytest.mark.parametrize("pattern", SHOWN)
def test_raw_rows_show_what_the_truth_tells(hard: Judged, pattern: str) -> None:
    shown = {key for (key,) in hard.rows(SHOWN[pattern]) if key and "-x" not in key}
    told = {
        row[0]
        for row in hard.rows(f"select record_key from truth.patterns where pattern = '{pattern}'")
    }
    assert len(shown) > (2 if pattern not in ("placeholder_ids", "opted_out_browsers") else 0)
    assert shown <= told
    assert len(shown) > 0.5 * len(told)


def test_whatever_two_people_share_is_told(hard: Judged) -> None:
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    homes = dict(hard.rows("select person_id, household_id from truth.records"))
    owner = dict(hard.rows("select record_key, person_id from truth.records"))
    for key, kind, value in hard.rows("select * from truth.identifiers"):
        if owner[key]:
            people[kind, value].add(owner[key])
    told = set(hard.rows("select identifier_type, identifier_value from truth.patterns"))
    shared = {
        one
        for one, who in people.items()
        if len(who) > 1
        and one[0] in ("email", "customer_number", "login", "phone", "number_of_external")
        and not one[1].startswith("thehouse")
        and not (one[0] == "phone" and len({homes[person] for person in who}) == 1)
    }
    assert len(shared) > 100
    assert shared <= told
    for pattern in ("family_mailboxes", "silent_systems", "hand_overs", "recycled_numbers"):
        mine = hard.rows(
            "select distinct identifier_type, identifier_value from truth.patterns "
            f"where pattern = '{pattern}'"
        )
        assert shared & set(mine), pattern
    tablets = hard.rows(
        "select identifier_type, identifier_value from truth.patterns "
        "where pattern = 'shared_devices'"
    )
    assert any(len(people[tablet]) > 1 for tablet in tablets)


def test_nobody_shares_a_mailbox_or_tablet_unknown(hard: Judged) -> None:
    mailboxes = "select * from truth.patterns where pattern in ('family_mailboxes', {})"
    by_case = hard.rows(
        f"select count(distinct person_id) from ({mailboxes.format('null')}) "
        "inner join truth.records using (record_key) "
        "inner join retail.customers on record_key = 'retail:' || customer_id "
        "where is_winner and first_name is not null and last_name is not null group by case_id"
    )
    assert len(by_case) > 20
    assert set(by_case) == {(2,)}
    named_by_it = hard.rows(
        "select person_id, household_id, tied_to from truth.records where exists (select 1 from "
        f"({mailboxes.format(repr('silent_systems'))}) where ends_with(records.record_key, "
        "':email:' || identifier_value))"
    )
    assert len(named_by_it) > 20
    assert set(named_by_it) == {(None, None, None)}
    logins = hard.rows(
        "select count(*) filter (length(login_id) = 8) from truth.patterns "
        "inner join web.events on record_key = 'web:cookie:' || cookie_id "
        "where pattern = 'shared_devices' and is_winner group by record_key"
    )
    assert len(logins) > 20
    assert (0,) not in logins


def test_the_shop_is_told_wrong_names_and_dates(hard: Judged) -> None:
    names = {
        word.lower()
        for pool in (words.FIRST_NAMES.plain, words.FIRST_NAMES.words, words.FIRST_NAMES.nicknames)
        for word in pool.to_pylist()
    }
    wrong = hard.rows(
        "select lower(first_name) from retail.customers where is_winner and 'retail:' || "
        "customer_id in (select record_key from truth.patterns where pattern = 'typos')"
    )
    assert len(wrong) > 50
    assert sum(name in names for (name,) in wrong) < 0.05 * len(wrong)
    swapped = hard.rows(
        "select shop.date_of_birth, other.date_of_birth from truth.patterns "
        "inner join retail.customers as shop on record_key = 'retail:' || shop.customer_id "
        "inner join truth.records as mine using (record_key) "
        "inner join truth.records as theirs on mine.person_id = theirs.person_id "
        "inner join retail.customers as other "
        "on theirs.record_key = 'retail:' || other.customer_id and other.customer_id <> "
        "shop.customer_id where pattern = 'swapped_dates' and shop.is_winner and other.is_winner "
        "and other.date_of_birth is not null and not contains(other.customer_id, '-x')"
    )
    assert swapped
    assert all(
        (told.year, told.month, told.day) == (true.year, true.day, true.month)
        for told, true in swapped
    )


@pytest.mark.parametrize(
    ("pattern", "same", "other"),
    [
        ("twins", "one.date_of_birth = two.date_of_birth and home.household_id = "
         "other.household_id", "lower(one.first_name) = lower(two.first_name)"),
        ("namesakes", "home.household_id <> other.household_id and "
         "lower(one.gender[1]) = lower(two.gender[1])",
         "one.date_of_birth = two.date_of_birth or one.phone_number = two.phone_number"),
    ],
)  # fmt: skip
def test_two_people_who_look_like_one(hard: Judged, pattern: str, same: str, other: str) -> None:
    pairs = (
        "from truth.patterns as a inner join truth.patterns as b using (pattern, case_id) "
        "inner join retail.customers as one on a.record_key = 'retail:' || one.customer_id "
        "inner join retail.customers as two on b.record_key = 'retail:' || two.customer_id "
        "inner join truth.records as home on a.record_key = home.record_key "
        "inner join truth.records as other on b.record_key = other.record_key "
        f"where pattern = '{pattern}' and a.record_key < b.record_key "
        "and one.is_winner and two.is_winner"
    )
    known = f"{pairs} and one.date_of_birth is not null and two.date_of_birth is not null"
    swapped = "select record_key from truth.patterns where pattern = 'swapped_dates'"
    known += f" and a.record_key not in ({swapped}) and b.record_key not in ({swapped})"
    count, alike, too_alike = hard.rows(
        f"select count(*), count(*) filter ({same}), count(*) filter ({other}) {known}"
    )[0]
    assert count > 3
    assert (alike, too_alike) == (count, 0)
    if pattern == "namesakes":
        named, near = hard.rows(
            "select avg(cast(lower(one.last_name) = lower(two.last_name) as integer)), "
            f"avg(cast(one.zip_code = two.zip_code as integer)) {pairs}"
        )[0]
        assert named > 0.6
        assert 0.25 < near < 0.75


def test_a_record_carries_what_its_rows_say(judged: Judged) -> None:
    told = judged.rows(
        "select record_key, identifier_type, identifier_value from truth.identifiers "
        "where identifier_type in ('email', 'login', 'customer_number')"
    )
    assert len(told) == len(set(told))
    kinds = {"loyalty": "customer_number", "account": "customer_number"}
    said = {
        (key, kinds.get(kind, kind), value)
        for key, kind, value in judged.rows(carried())
        if re.search("[0-9]", value) and (kind == "email" or not key.startswith("external:"))
    }
    assert len(said) > 1000
    assert said <= set(told)


def test_records_are_tied_by_what_is_their_persons_own(hard: Judged) -> None:
    owner = dict(hard.rows("select record_key, person_id from truth.records"))
    tied = dict(hard.rows("select record_key, tied_to from truth.records"))
    assert all((tied[key] is None) == (owner[key] is None) for key in owner)
    carriers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, kind, value in hard.rows("select * from truth.identifiers"):
        if owner[key]:
            carriers[kind, value].append(key)
    root = {key: key for key, person in owner.items() if person}

    def find(key: str) -> str:
        while root[key] != key:
            key = root[key]
        return key

    for keys in carriers.values():
        if len({owner[key] for key in keys}) == 1:
            for one, two in pairwise(keys):
                root[find(one)] = find(two)
    parts: dict[str, set[str]] = defaultdict(set)
    told: dict[str, set[str]] = defaultdict(set)
    for key in root:
        parts[find(key)].add(key)
        told[tied[key]].add(key)
    assert max(len(part) for part in parts.values()) > 20
    assert sorted(map(sorted, parts.values())) == sorted(map(sorted, told.values()))
    assert all(first in part for first, part in told.items())


def test_the_page_tells_every_pattern_and_its_rate() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z_]+)` \| ([0-9.]+) \|", page, re.MULTILINE)
    assert told == [(name, f"{rate:g}") for name, rate in DEFAULT_RATES.items()]


def test_an_unknown_pattern_or_rate_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--people", "20", "--days", "5", "--out", str(tmp_path / "raw")]
    for wrong, message in (
        ("twin=0.1", "--pattern twin: there is no such pattern; there are family_mailboxes, "),
        ("twins=1.5", "--pattern twins=1.5: a rate from 0 to 1"),
        ("twins=-1", "--pattern twins=-1.0: a rate from 0 to 1"),
        ("twins=nan", "--pattern twins=nan: a rate from 0 to 1"),
        ("twins", "'twins' is not NAME=RATE"),
        ("twins=often", "'twins=often' is not NAME=RATE"),
    ):
        assert run("--pattern", wrong, *out) == 2
        assert message in " ".join(capsys.readouterr().err.split())
        assert not (tmp_path / "raw").exists()
    assert run("--pattern", "twins=0.2", *out) == 0
    again = ["--append-days", "2", "--out", str(tmp_path / "raw")]
    assert run("--pattern", "twins=0.3", *again) == 2
    assert "has --pattern twins=0.2, not 0.3" in " ".join(capsys.readouterr().err.split())
    assert run("--pattern", "twins=0.2", *again) == 0
